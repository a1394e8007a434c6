-- Asks for the page again and again.

dofile((debug.getinfo(1, "S").source:match("^@(.*/)") or "") .. "base.lua")

function init(args)
  headers = { ["Accept-Encoding"] = "gzip", ["Sec-Fetch-Site"] = "same-origin" }
end

function request()
  return wrk.format("GET", nil, headers)
end

-- Asks for the page 25 times a second over each connection, as readers do who have other things to do.

dofile((debug.getinfo(1, "S").source:match("^@(.*/)") or "") .. "base.lua")

function init(args)
  headers = { ["Accept-Encoding"] = "gzip" }
end

function delay()
  return 40
end

function request()
  return wrk.format("GET", nil, headers)
end

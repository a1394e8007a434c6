-- Signs with an address that nobody used before. Arguments: the form's stamp, a word that tells runs apart, and how many
-- milliseconds each connection waits before it signs again.

dofile((debug.getinfo(1, "S").source:match("^@(.*/)") or "") .. "base.lua")

function init(args)
  stamp, run, pause, signed = args[1], args[2], tonumber(args[3] or 0), 0
end

function delay()
  return pause
end

function request()
  signed = signed + 1
  local who = string.format("signer-%s-%d-%d", run, number, signed)
  local body = "name=Leyla+Example&email=" .. who .. "%40example.org&country=DE&name_delivery=withheld&reason="
    .. "&consent=on&website=&via=&stamp=" .. stamp
  return wrk.format("POST", nil, form_headers, body)
end

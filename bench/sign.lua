-- Signs with an address that nobody used before. Arguments: the form's stamp, a word that tells runs apart, and how many
-- milliseconds each connection waits before it signs again.

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  stamp, run, pause, signed = args[1], args[2], tonumber(args[3] or 0), 0
  headers = { ["Content-Type"] = "application/x-www-form-urlencoded", ["Sec-Fetch-Site"] = "same-origin" }
end

function delay()
  return pause
end

function request()
  signed = signed + 1
  local who = string.format("signer-%s-%d-%d", run, number, signed)
  local body = "name=Leyla+Example&email=" .. who .. "%40example.org&country=DE&name_delivery=withheld&reason="
    .. "&consent=on&website=&via=&stamp=" .. stamp
  return wrk.format("POST", nil, headers, body)
end


function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("FIGURES %d %d %f %f %f %f\n", summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end

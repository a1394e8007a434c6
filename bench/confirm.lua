-- Confirms: each line of the file named by the argument is a token, used once; every thread takes its share of them.
-- The second argument tells how many threads there are.

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  tokens, at = {}, 0
  local line = 0
  for token in io.lines(args[1]) do
    line = line + 1
    if line % tonumber(args[2]) == number % tonumber(args[2]) then tokens[#tokens + 1] = token end
  end
  headers = { ["Content-Type"] = "application/x-www-form-urlencoded", ["Sec-Fetch-Site"] = "same-origin" }
end

function request()
  at = at % #tokens + 1
  return wrk.format("POST", "/confirm/" .. tokens[at] .. "/", headers, "")
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("FIGURES %d %d %f %f %f %f\n", summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end

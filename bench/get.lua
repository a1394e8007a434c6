-- Asks for the page again and again.
-- `done` tells what bench/meters.py reads: requests, errors, seconds, percentiles in milliseconds.

function init(args)
  headers = { ["Accept-Encoding"] = "gzip", ["Sec-Fetch-Site"] = "same-origin" }
end

function request()
  return wrk.format("GET", nil, headers)
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("FIGURES %d %d %f %f %f %f\n", summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end

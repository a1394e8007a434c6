-- Asks for the page 25 times a second over each connection, as readers do who have other things to do.

function init(args)
  headers = { ["Accept-Encoding"] = "gzip" }
end

function delay()
  return 40
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

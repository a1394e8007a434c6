-- Asks for the page about a hundred times a second in all, over four connections, as readers do beside a rush.

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

-- What wrk says at the end, as one line of JSON.
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"p50_ms":%.3f,"p99_ms":%.3f,"requests_s":%.1f,"failed":%d}\n',
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.requests / (summary.duration / 1e6),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end

-- Asks for the paths given below the url in turn, the url itself without any; says at the end one line of JSON.
local subjects, at = {}, 0

init = function(arguments)
  subjects = arguments
end

request = function()
  if #subjects == 0 then
    return wrk.format()
  end
  at = at % #subjects + 1
  return wrk.format(nil, wrk.path .. subjects[at])
end

done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"p50_ms":%.3f,"p99_ms":%.3f,"requests_s":%.1f,"failed":%d}\n',
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.requests / (summary.duration / 1e6),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end

-- GCRA over several rings at once: all of them count the request, or none does.
-- A key holds when its ring will be empty, in microseconds of Redis's own clock, so that all processes agree.
-- KEYS: the rings. ARGV: for each its period and what the request costs; a cost below zero gives back.
-- Answers how far ahead of now each ring is, this request included: more than its period is refused.
local time = redis.call("TIME")
local now = time[1] * 1000000 + time[2]
local ends, refused = {}, false

for i, key in ipairs(KEYS) do
  local period, cost = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local stored = tonumber(redis.call("GET", key) or now)
  -- A clock that was set back must shut nobody out for longer than the period.
  ends[i] = math.max(now, math.max(now, math.min(stored, now + period)) + cost)
  refused = refused or ends[i] - now > period
end

for i, key in ipairs(KEYS) do
  if not refused then
    local left = math.max(1, math.ceil((ends[i] - now) / 1000))
    -- `%.0f`, as Lua would write only 14 digits of it.
    redis.call("SET", key, string.format("%.0f", ends[i]), "PX", left)
  end
  ends[i] = ends[i] - now
end

return ends

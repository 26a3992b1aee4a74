-- Checks the minute's and the day's quota of one account, then consumes both or neither.
--
-- KEYS[1]  a hash: minute, day = the windows' starts (seconds since 1970); minute_used, day_used
-- ARGV     seconds in a minute and in a day, quota a minute, quota a day (-1: none), cost to the day
-- returns  {violated: 1 minute + 2 day, minute_used, day_used, seconds since 1970}
--
-- Windows are aligned to the calendar by the server's own clock, and their starts are kept beside the counts: a key that
-- lost its expiry, or holds an old window, never refuses anyone.

local minute_seconds, day_seconds = tonumber(ARGV[1]), tonumber(ARGV[2])
local per_minute, per_day, cost = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local now = tonumber(redis.call('TIME')[1])
local minute, day = now - now % minute_seconds, now - now % day_seconds

local kept = redis.pcall('HMGET', KEYS[1], 'minute', 'minute_used', 'day', 'day_used')
if kept.err then -- not a hash: someone else's value, and ours to heal
  redis.call('DEL', KEYS[1])
  kept = {}
end
local minute_used = tonumber(kept[1]) == minute and tonumber(kept[2]) or 0
local day_used = tonumber(kept[3]) == day and tonumber(kept[4]) or 0

local violated = 0
if minute_used + 1 > per_minute then violated = 1 end
if per_day >= 0 and day_used + cost > per_day then violated = violated + 2 end
if violated == 0 then
  minute_used, day_used = minute_used + 1, day_used + cost
  redis.call('HSET', KEYS[1], 'minute', minute, 'minute_used', minute_used, 'day', day, 'day_used', day_used)
  redis.call('EXPIREAT', KEYS[1], math.max(minute + minute_seconds, day + day_seconds))
end
return {violated, minute_used, day_used, now}

-- Checks the minute's and the day's quota of one account, then consumes both or neither.
--
-- KEYS[1]  a hash: minute, day = the windows' starts (seconds since 1970); minute_used, day_used; born = when it came
--          to count this day (microseconds since 1970)
-- ARGV     seconds in a minute and in a day, quota a minute, quota a day (-1: none), cost to the day,
--          requests wanted at most (0: none, only give back), unused requests given back, the minute they are of
-- returns  {violated: 1 minute + 2 day, requests given, minute_used, day_used, seconds since 1970, microseconds, born}
--
-- Windows are aligned to the calendar by the server's own clock, and their starts are kept beside the counts: a key that
-- lost its expiry, or holds an old window, never refuses anyone. Who wants many gets a hundredth of what is left, and one
-- at least: the nearer the end of the quota, the less lies unused with somebody.

local minute_seconds, day_seconds = tonumber(ARGV[1]), tonumber(ARGV[2])
local per_minute, per_day, cost = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local most, back, back_minute = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local time = redis.call('TIME')
local now = tonumber(time[1])
local minute, day = now - now % minute_seconds, now - now % day_seconds

local kept = redis.pcall('HMGET', KEYS[1], 'minute', 'minute_used', 'day', 'day_used', 'born')
if kept.err then -- not a hash: someone else's value, and ours to heal
  redis.call('DEL', KEYS[1])
  kept = {}
end
local minute_used = tonumber(kept[1]) == minute and tonumber(kept[2]) or 0
local day_used = tonumber(kept[3]) == day and tonumber(kept[4]) or 0
local born = tonumber(kept[3]) == day and tonumber(kept[5]) or 0
if back_minute == minute then minute_used = math.max(0, minute_used - back) else back = 0 end

local left = per_minute - minute_used
local given = math.min(most, math.max(1, math.floor(left / 100)))
local violated = 0
if given > math.max(0, left) then violated = 1 end
if per_day >= 0 and day_used + cost > per_day then violated = violated + 2 end
if violated > 0 then given, cost = 0, 0 end
if violated == 0 or back > 0 then
  if born == 0 then
    born = now * 1000000 + tonumber(time[2])
    redis.call('HSET', KEYS[1], 'born', string.format('%.0f', born), 'restored', 0)
  end
  minute_used, day_used = minute_used + given, day_used + cost
  redis.call('HSET', KEYS[1], 'minute', minute, 'minute_used', minute_used, 'day', day, 'day_used', day_used)
  redis.call('EXPIREAT', KEYS[1], math.max(minute + minute_seconds, day + day_seconds))
end
return {violated, given, minute_used, day_used, now, tonumber(time[2]), born}

-- Puts units back that a day had counted before its counter was lost.
--
-- KEYS[1]  the account's hash, as in take.lua; restored = the units that were put back already
-- ARGV     the day's start (seconds since 1970), the units that one worker knows of
-- returns  {the day's count after it}
--
-- Workers know different counts of the same units, each the one it was told last: the highest is the nearest to what was
-- lost, whoever comes first.

local day, used, restored = unpack(redis.call('HMGET', KEYS[1], 'day', 'day_used', 'restored'))
local known = tonumber(ARGV[2])
used, restored = tonumber(used) or 0, tonumber(restored) or 0
if tonumber(day) ~= tonumber(ARGV[1]) then used, restored = 0, 0 end
local more = math.max(0, known - restored)
redis.call('HSET', KEYS[1], 'day', ARGV[1], 'day_used', used + more, 'restored', restored + more)
if redis.call('TTL', KEYS[1]) < 0 then redis.call('EXPIREAT', KEYS[1], ARGV[1] + ARGV[3]) end
return {used + more}

-- Gives units back to the day that paid them; a day that is over keeps them.
--
-- KEYS[1]  the account's hash, as in take.lua
-- ARGV     the day's start (seconds since 1970), the units
-- returns  {the day's count after it}

local day, used = unpack(redis.call('HMGET', KEYS[1], 'day', 'day_used'))
if tonumber(day) ~= tonumber(ARGV[1]) then return {0} end
used = math.max(0, (tonumber(used) or 0) - tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], 'day_used', used)
return {used}

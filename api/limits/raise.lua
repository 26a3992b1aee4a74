-- Raises a day's count to what is known to have been answered, after a loss that no worker can make good.
--
-- KEYS[1]  the account's hash, as in take.lua, with a counter of this day; restored as in restore.lua
-- ARGV     the day's start (seconds since 1970), the units that must have been counted
-- returns  {the day's count after it}
--
-- What is raised counts as put back: a worker that remembers the lost count adds no more than what still lacks.

local day, used, restored = unpack(redis.call('HMGET', KEYS[1], 'day', 'day_used', 'restored'))
if tonumber(day) ~= tonumber(ARGV[1]) then return {0} end
used, restored = tonumber(used) or 0, tonumber(restored) or 0
local more = math.max(0, tonumber(ARGV[2]) - used)
if more > 0 then redis.call('HSET', KEYS[1], 'day_used', used + more, 'restored', restored + more) end
return {used + more}

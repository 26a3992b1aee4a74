-- Tells since when this server has all its data: another answer than before means that it lost what it had.
--
-- KEYS[1]  a string: microseconds since 1970
-- returns  {it}

local time = redis.call('TIME')
redis.call('SET', KEYS[1], time[1] .. string.format('%06d', time[2]), 'NX')
return {tonumber(redis.call('GET', KEYS[1]))}

-- Counts something that an address did, and tells how long it has to wait.
--
-- KEYS[1]  a hash: <rule>:window (start, seconds since 1970), <rule>:count, blocked (until, milliseconds since 1970)
-- ARGV     the rule's name, seconds of its window, how many it allows, seconds of a block (0: none), how many to count
-- returns  {milliseconds to wait: 0 none, 1 if it is a block, 1 if the block is new}

local rule, seconds, allowed = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local blocks, more = tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local window = tonumber(time[1]) - tonumber(time[1]) % seconds

local kept = redis.pcall('HMGET', KEYS[1], 'blocked', rule .. ':window', rule .. ':count')
if kept.err then -- not a hash: someone else's value, and ours to heal
  redis.call('DEL', KEYS[1])
  kept = {}
end
local blocked = tonumber(kept[1]) or 0
if blocked > now + 86400000 then blocked = 0 end
if blocked > now then return {blocked - now, 1, 0} end
if more == 0 then return {0, 0, 0} end

local count = tonumber(kept[2]) == window and tonumber(kept[3]) or 0
local ends = (window + seconds) * 1000
if count + more <= allowed then
  redis.call('HSET', KEYS[1], rule .. ':window', window, rule .. ':count', count + more)
elseif blocks == 0 then
  return {ends - now, 0, 0}
else
  ends = now + blocks * 1000
  redis.call('HSET', KEYS[1], 'blocked', ends, rule .. ':count', 0)
end
if redis.call('PEXPIRETIME', KEYS[1]) < ends then redis.call('PEXPIREAT', KEYS[1], ends) end
if count + more <= allowed then return {0, 0, 0} end
return {ends - now, 1, 1}

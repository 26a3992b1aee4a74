-- Counts a try of an account's password as failed until it is told otherwise, or tells how long the address has to wait.
--
-- KEYS[1]  a hash: hour (start, seconds since 1970), tries, failures, failed (last, milliseconds since 1970); and for
--          each address seen `<failures> <last> <waits until> <last success>`, the moments in milliseconds since 1970
-- ARGV     what happened (0 a try, 1 it was right, 2 it came to nothing), the address, tries an hour, seconds of it,
--          the longest delay in seconds
-- returns  {milliseconds to wait before this try: 0 none, seconds to wait after it if it fails}
--
-- An address that the password was right from in the last 90 days is the owner's: it waits for its own mistakes alone,
-- so nobody elsewhere can keep the owner out. All others share the tries of an hour and the growing delay, but a delay
-- holds only addresses that were told of it.

local happened, address = tonumber(ARGV[1]), 'a:' .. ARGV[2]
local allowed, seconds, longest = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local hour = tonumber(time[1]) - tonumber(time[1]) % seconds
local season, owners = 7776000000, 16

local kept = redis.pcall('HMGET', KEYS[1], 'hour', 'tries', 'failures', 'failed', address)
if kept.err then
  redis.call('DEL', KEYS[1])
  kept = {}
end

local function record(text)
  local failures, last, waits, right = string.match(text or '', '^(%d+) (%d+) (%d+) (%d+)$')
  failures, last, waits, right = tonumber(failures) or 0, tonumber(last) or 0, tonumber(waits) or 0, tonumber(right) or 0
  if last + seconds * 1000 < now then failures = 0 end
  if waits > now + longest * 1000 then waits = 0 end
  return {failures = failures, last = last, waits = waits, right = right + season > now and right or 0}
end

local function keep(name, one)
  redis.call('HSET', KEYS[1], name, string.format('%d %d %d %d', one.failures, one.last, one.waits, one.right))
end

local function delay(failures)
  return failures < 4 and 0 or math.min(longest, 2 ^ math.min(failures - 4, 30))
end

local same = tonumber(kept[1]) == hour
local tries = same and tonumber(kept[2]) or 0
local failures, failed = tonumber(kept[3]) or 0, tonumber(kept[4]) or 0
if failed + seconds * 1000 < now then failures = 0 end
local one = record(kept[5])
local stranger = one.right == 0

if happened == 0 then
  if one.waits > now then return {one.waits - now, 0} end
  if stranger and tries >= allowed then return {(hour + seconds) * 1000 - now, 0} end
  if not same then -- what nobody needs any more goes
    local all, known = redis.call('HGETALL', KEYS[1]), {}
    for at = 1, #all, 2 do
      local other = string.sub(all[at], 1, 2) == 'a:' and record(all[at + 1])
      if other and other.right > 0 then
        table.insert(known, {other.right, all[at]})
      elseif other and other.failures == 0 then
        redis.call('HDEL', KEYS[1], all[at])
      end
    end
    table.sort(known, function(first, second) return first[1] > second[1] end)
    for place = owners + 1, #known do redis.call('HDEL', KEYS[1], known[place][2]) end
  end
  one.failures, one.last = one.failures + 1, now
  if stranger then tries, failures, failed = tries + 1, failures + 1, now end
  local wait = delay(stranger and math.max(failures, one.failures) or one.failures)
  one.waits = now + wait * 1000
  keep(address, one)
  redis.call('HSET', KEYS[1], 'hour', hour, 'tries', tries, 'failures', failures, 'failed', failed)
  redis.call('PEXPIREAT', KEYS[1], now + season)
  return {0, wait}
end

if stranger then
  local undone = happened == 1 and one.failures or math.min(1, one.failures)
  redis.call('HSET', KEYS[1], 'failures', math.max(0, failures - undone), 'tries', math.max(0, tries - 1))
end
one.waits, one.failures = 0, happened == 1 and 0 or math.max(0, one.failures - 1)
if happened == 1 then one.right = now end
keep(address, one)
redis.call('PEXPIREAT', KEYS[1], now + season)
return {0, 0}

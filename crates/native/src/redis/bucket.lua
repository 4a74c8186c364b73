-- The token bucket of crates/core/src/limit.rs (the generic cell rate algorithm), on Redis' clock, in microseconds.
-- KEYS[1]: a hash of `due`, when a request would be due if all came evenly, and `epoch`, which rises when the bucket is drained.
-- ARGV: step, interval, tolerance, patience or shut (-1: none), epoch held (-1: none). Gives the wait and the epoch (-1: the wait is too long, and no turn was taken).
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local stored = redis.call('HMGET', KEYS[1], 'due', 'epoch')
local due, epoch = tonumber(stored[1] or 0), tonumber(stored[2] or 0)
local step = ARGV[1]
local interval, tolerance, given, held = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local wait = 0
if step == 'take' then
  if held == epoch then
    return { 0, epoch }
  end
  wait = math.max(due - tolerance - now, 0)
  if given >= 0 and wait > given then
    return { wait, -1 }
  end
  due = math.max(due, now) + interval
elseif step == 'charge' then
  due = math.max(due, now) + interval
elseif step == 'drain' then
  due = now + given + tolerance
  epoch = epoch + 1
elseif held == epoch then
  due = due - interval
end
-- Longer than the bucket takes to fill, and than anybody waits for a turn of this epoch.
local ttl = math.ceil((math.max(due - now, 0) + tolerance) / 1000) + 60000
redis.call('HSET', KEYS[1], 'due', string.format('%.0f', due), 'epoch', epoch)
redis.call('PEXPIRE', KEYS[1], ttl)
return { wait, epoch }

// What Redis does in one piece, so that nobody comes between reading and writing. `TIME` is the one clock of all nodes.

/** KEYS: the value. ARGV: whether one is expected, which, whether one is given, which, its ttl or nothing. */
export const COMPARE_AND_SET = `
local found = redis.call("GET", KEYS[1])
if ARGV[1] == "0" then
  if found then return 0 end
elseif found ~= ARGV[2] then return 0 end
if ARGV[3] == "0" then redis.call("DEL", KEYS[1])
elseif ARGV[5] == "" then redis.call("SET", KEYS[1], ARGV[4])
else redis.call("SET", KEYS[1], ARGV[4], "PX", ARGV[5]) end
return 1`

/**
 * The generic cell rate algorithm as in `gcra`, whose answer follows from what this returns: now, and the time that was kept.
 * KEYS: the rate. ARGV: interval, burst, cost.
 */
export const TAKE = `
local time = redis.call("TIME")
local now = time[1] * 1000 + time[2] / 1000
local kept = redis.call("GET", KEYS[1])
local before = math.max(tonumber(kept or "0"), now)
local after = before + ARGV[3] * ARGV[1]
if after - ARGV[2] * ARGV[1] - now <= 0.001 and after > now then
  redis.call("SET", KEYS[1], string.format("%.17g", after), "PX", math.ceil(after - now))
end
return { string.format("%.17g", now), kept or "0" }`

/** KEYS: the lease, the count of those of its name. ARGV: the ttl. */
export const LEASE = `
if redis.call("EXISTS", KEYS[1]) == 1 then return 0 end
local token = redis.call("INCR", KEYS[2])
redis.call("SET", KEYS[1], token, "PX", ARGV[1])
return token`

/** KEYS: the lease. ARGV: its token, the ttl. */
export const RENEW = `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call("PEXPIRE", KEYS[1], ARGV[2])`

/** KEYS: the lease. ARGV: its token. */
export const RELEASE = `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call("DEL", KEYS[1])`

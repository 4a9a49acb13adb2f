import { type Duration, milliseconds, parseLimits } from "@bennu/core"
import { createClient, ErrorReply, RESP_TYPES } from "redis"
import { StoreClosedError, StoreUnavailableError } from "../errors.ts"
import type { Lease } from "../lease.ts"
import type { Store } from "../store.ts"
import { gcra, resolveRate } from "../take.ts"
import { COMPARE_AND_SET, LEASE, RELEASE, RENEW, TAKE } from "./redis-scripts.ts"

export interface RedisStoreOptions {
  /** `redis://user:password@host:6379`, or `rediss:` for TLS. */
  readonly url: string
  /** What the keys begin with: apps that share a Redis need different ones (`"bennu:store"`). */
  readonly prefix?: string | undefined
  /** How long an answer is waited for (`"2s"`). */
  readonly timeout?: Duration | undefined
  /** Commands that may wait at once, while Redis is away for example (10,000). More are refused. */
  readonly maxQueue?: number | undefined
}

/**
 * Keeps everything in Redis 6.2 or newer, or Valkey: for several processes, and for what a restart must not lose. It connects by
 * itself, and again when the connection is lost; meanwhile each call waits for `timeout` and is then refused.
 * @throws {StoreUnavailableError} from each call that Redis does not answer in time: a 503.
 */
export function redisStore(options: RedisStoreOptions): Store {
  const { url, prefix = "bennu:store", timeout = "2s", maxQueue = 10_000 } = options
  const wait = milliseconds(timeout)
  const limits = parseLimits("redisStore", { maxQueue: 10_000 }, { maxQueue })
  const client = createClient({ url, commandsQueueMaxLength: limits.maxQueue })
  const connection = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
  // each call says for itself that there is no answer
  client.on("error", () => {})
  client.connect().catch(() => {})
  let closed = false

  async function ask(...words: readonly (string | Buffer)[]): Promise<unknown> {
    if (closed) throw new StoreClosedError()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new StoreUnavailableError(`no answer in ${wait} ms`)), wait)
    })
    try {
      return await Promise.race([connection.sendCommand([...words]), late])
    } catch (error) {
      if (error instanceof ErrorReply || error instanceof StoreUnavailableError) throw error
      throw closed ? new StoreClosedError() : new StoreUnavailableError("not connected", error)
    } finally {
      clearTimeout(timer)
    }
  }
  const run = (script: string, keys: readonly string[], ...args: readonly (string | Buffer)[]) =>
    ask("EVAL", script, `${keys.length}`, ...keys, ...args)
  const value = (key: string) => `${prefix}:value:${key}`

  return {
    async get(key) {
      const found = await ask("GET", value(key))
      return found instanceof Buffer ? new Uint8Array(found) : null
    },
    async set(key, bytes, { ttl } = {}) {
      const until = ttl === undefined ? [] : ["PX", `${whole(ttl)}`]
      // a copy: the command may wait, and the bytes are the caller's
      await ask("SET", value(key), Buffer.from(bytes), ...until)
    },
    async delete(key) {
      await ask("DEL", value(key))
    },
    async compareAndSet(key, expected, bytes, { ttl } = {}) {
      const until = ttl === undefined ? "" : `${whole(ttl)}`
      const words = [...optional(expected), ...optional(bytes), until]
      return (await run(COMPARE_AND_SET, [value(key)], ...words)) === 1
    },
    async take(key, rate) {
      const resolved = resolveRate(rate)
      const { interval, burst, cost } = resolved
      const words = [interval, burst, cost].map(String)
      const answer = await run(TAKE, [`${prefix}:rate:${key}`], ...words)
      const [now = Number.NaN, kept = Number.NaN] = [answer].flat(2).map(Number)
      const { paidOff: _, ...taken } = gcra(kept, now, resolved)
      return taken
    },
    async lease(name, { ttl }) {
      // in one slot of a cluster
      const keys = ["lease", "leases"].map((kind) => `${prefix}:${kind}:{${name}}`)
      const token = Number(await run(LEASE, keys, `${whole(ttl)}`))
      return token === 0 ? null : leaseOf(name, keys[0] ?? "", token, ttl)
    },
    async [Symbol.asyncDispose]() {
      closed = true
      if (client.isOpen) client.destroy()
    },
  }

  function leaseOf(name: string, key: string, token: number, first: Duration): Lease {
    let ttl = first
    let lost = false
    const release = async () => {
      lost = true
      await run(RELEASE, [key], `${token}`)
    }
    return {
      name,
      token,
      async renew(given = {}) {
        ttl = given.ttl ?? ttl
        lost ||= (await run(RENEW, [key], `${token}`, `${whole(ttl)}`)) !== 1
        return !lost
      },
      release,
      [Symbol.asyncDispose]: release,
    }
  }
}

/** Redis counts whole milliseconds, and refuses none. */
const whole = (ttl: Duration): number => Math.max(1, Math.ceil(milliseconds(ttl)))

const optional = (bytes: Uint8Array | null): readonly [string, Buffer] => [
  bytes === null ? "0" : "1",
  Buffer.from(bytes ?? []),
]

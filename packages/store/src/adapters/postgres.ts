import { type Clock, type Duration, milliseconds } from "@bennu/core"
import { StoreClosedError } from "../errors.ts"
import type { Lease } from "../lease.ts"
import type { Store } from "../store.ts"
import { gcra, resolveRate } from "../take.ts"
import { statementsFor } from "./postgres-statements.ts"

/** All we ask of a database: `repo.sql` fits, and so does anyone's pool in ten lines. */
export interface StoreSql {
  query(
    text: string,
    params?: readonly unknown[],
  ): Promise<{
    readonly rows: readonly Readonly<Record<string, unknown>>[]
    readonly count: number
  }>
}

export interface PostgresStoreOptions {
  readonly sql: StoreSql
  /** The table, which it makes itself (`"bennu_store"`); `schema.table` for one that is not on the search path. */
  readonly table?: string | undefined
  /** How often what has expired is deleted, at most (`"5m"`). */
  readonly sweep?: Duration | undefined
  /** The clock of the sweeps (`Date.now`); times to live are the database's. */
  readonly now?: Clock | undefined
}

/**
 * Keeps everything in a table of PostgreSQL 13 or newer, PGlite too: what a restart must not lose, without another server. Each call is
 * one statement.
 * @throws {TypeError} for a name of a table that is none.
 */
export function postgresStore(options: PostgresStoreOptions): Store {
  const { sql, table = "bennu_store", sweep = "5m", now = Date.now } = options
  const statements = statementsFor(table)
  const pause = milliseconds(sweep)
  let closed = false
  let made: Promise<unknown> | null = null
  let swept = now()

  async function ask(text: string, ...params: readonly unknown[]) {
    if (closed) throw new StoreClosedError()
    made ??= sql.query(statements.create).catch((error: unknown) => {
      made = null
      throw error
    })
    await made
    if (now() - swept > pause) {
      swept = now()
      await sql.query(statements.sweep)
    }
    return sql.query(text, params)
  }

  return {
    async get(key) {
      const { rows } = await ask(statements.get, text(key))
      return rows[0] === undefined ? null : new Uint8Array(bytes(rows[0]["value"]))
    },
    async set(key, value, { ttl } = {}) {
      await ask(statements.set, text(key), text(value), until(ttl))
    },
    async delete(key) {
      await ask(statements.delete, text(key))
    },
    async compareAndSet(key, expected, value, { ttl } = {}) {
      const [name, wait] = [text(key), until(ttl)]
      if (expected === null) {
        if (value === null) return (await ask(statements.get, name)).count === 0
        return (await ask(statements.setNew, name, text(value), wait)).count === 1
      }
      const old = text(expected)
      if (value === null) return (await ask(statements.deleteOld, name, old)).count === 1
      return (await ask(statements.setOld, name, text(value), wait, old)).count === 1
    },
    async take(key, rate) {
      const resolved = resolveRate(rate)
      const { interval, burst, cost } = resolved
      const { rows } = await ask(statements.take, text(key), interval, burst, cost)
      const { prior, now } = rows[0] ?? {}
      const { paidOff: _, ...taken } = gcra(Number(prior), Number(now), resolved)
      return taken
    },
    async lease(name, { ttl }) {
      const { rows } = await ask(statements.lease, text(name), milliseconds(ttl))
      return rows[0] === undefined ? null : leaseOf(name, Number(rows[0]["token"]), ttl)
    },
    async [Symbol.asyncDispose]() {
      closed = true
    },
  }

  function leaseOf(name: string, token: number, first: Duration): Lease {
    let ttl = first
    let lost = false
    const release = async () => {
      lost = true
      await ask(statements.release, text(name), token)
    }
    return {
      name,
      token,
      async renew(given = {}) {
        ttl = given.ttl ?? ttl
        const wait = milliseconds(ttl)
        lost ||= (await ask(statements.renew, text(name), token, wait)).count === 0
        return !lost
      },
      release,
      [Symbol.asyncDispose]: release,
    }
  }
}

// drivers differ in how they take and give bytes; all agree about text
const text = (value: string | Uint8Array): string => Buffer.from(value).toString("base64")
const bytes = (value: unknown): Buffer => Buffer.from(String(value), "base64")
const until = (ttl: Duration | undefined): number | null =>
  ttl === undefined ? null : milliseconds(ttl)

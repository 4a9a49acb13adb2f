import type { Schema } from "@bennu/schema"
import type { Statement } from "../driver.ts"
import { RepoUsageError } from "../errors.ts"
import type { Loaded, Preloads } from "../preloads.ts"
import type { StreamQuery, Waiting } from "../repo.ts"
import type { Access } from "./access.ts"
import { clauses, natural } from "./clauses.ts"
import { loaded } from "./reading.ts"
import { byCursor, byKeyset } from "./stream-batches.ts"

export async function* stream<S extends Schema, const P extends Preloads<S>>(
  access: Access,
  schema: S,
  query: StreamQuery<P>,
): AsyncGenerator<Loaded<S, P>, void, undefined> {
  const batch = natural("batch", query.batch ?? 500)
  if (batch === 0) throw new RepoUsageError("batch is 0", "Pass 1 or more.")
  const by = wayOf(query, access.inTransaction)
  const plan = access.plan(schema)
  const where = access.sight.where(schema, query.where)
  await using reader = by === "cursor" && !access.inTransaction ? await open(access, query) : null
  const within = reader?.access ?? access
  const reading = { plan, run: (statement: Statement) => within.run(statement, query) }
  using cursor = access.plans.cursor()
  const batches =
    by === "key"
      ? byKeyset(reading, schema, where, batch)
      : byCursor(reading, plan.select(clauses(where, query)), batch, cursor.name)
  for await (const rows of batches)
    yield* await loaded<S, P>(within, schema, rows, query.preload, query)
}

function wayOf(
  { by, orderBy, limit, offset }: StreamQuery<unknown>,
  inTransaction: boolean,
): "key" | "cursor" {
  const arranged = orderBy !== undefined || limit !== undefined || offset !== undefined
  if (by !== "key" || !arranged) return by ?? (arranged || inTransaction ? "cursor" : "key")
  const hint = 'Leave orderBy, limit and offset out, or say { by: "cursor" }.'
  throw new RepoUsageError("a stream by key has the order of the key", hint)
}

/** A transaction that stays open until it is disposed. */
async function open(
  access: Access,
  { signal }: Waiting,
): Promise<{ readonly access: Access } & AsyncDisposable> {
  const opened = Promise.withResolvers<Access>()
  const ended = Promise.withResolvers<void>()
  const work = (within: Access) => {
    opened.resolve(within)
    return ended.promise
  }
  const transaction = access.transaction(work, { readOnly: true, signal })
  transaction.catch(opened.reject)
  return {
    access: await opened.promise,
    async [Symbol.asyncDispose]() {
      ended.resolve()
      // what failed in it was thrown where it was asked for
      await transaction.catch(() => {})
    },
  }
}

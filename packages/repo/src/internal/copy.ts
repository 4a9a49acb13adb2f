import type { Row as RowOf, Schema } from "@bennu/schema"
import { sql } from "drizzle-orm"
import type { Answer, Statement } from "../driver.ts"
import { QueryTimeoutError, RepoUsageError } from "../errors.ts"
import type { CopyIn, CopyOut, NewRow } from "../repo.ts"
import type { Access } from "./access.ts"
import { clauses, natural } from "./clauses.ts"
import { CopyReader, copyLine } from "./copy-text.ts"
import { Handover } from "./handover.ts"
import { anyOf } from "./level.ts"
import type { TablePlan } from "./table-plan.ts"

type Row = Readonly<Record<string, unknown>>

/** Sent at once, in characters: more makes it no faster. */
const BUFFER = 1 << 20

export function copyIn<S extends Schema>(
  access: Access,
  schema: S,
  rows: Iterable<NewRow<S>> | AsyncIterable<NewRow<S>>,
  { buffer = BUFFER, ...waiting }: CopyIn,
): Promise<number> {
  const plan = access.copying(schema)
  const size = natural("buffer", buffer)
  return access.transaction(
    (within) => copied(plan, rows, size, (statement) => within.run(statement, waiting)),
    { signal: waiting.signal },
  )
}

export async function* copyOut<S extends Schema>(
  access: Access,
  schema: S,
  query: CopyOut,
): AsyncGenerator<RowOf<S>, void, undefined> {
  const plan = access.copying(schema)
  const where = access.sight.where(schema, query.where)
  const rest = clauses(where, query)
  const { sql: select } = access.plans.literals.sqlToQuery(
    sql`${sql.raw(`select ${plan.columns} from ${plan.from}`)}${rest}`,
  )
  // rows of the schema's table are its rows
  for await (const rows of batchesOut(access, plan, select, query))
    yield* rows as readonly RowOf<S>[]
}

/**
 * Writes rows by COPY, some at a time: while the database takes one batch, the next is made. Each is a statement of its
 * own, so that the rows may come from the very transaction that they are written in.
 * @param batch About how many characters go at once.
 */
async function copied(
  plan: TablePlan,
  rows: Iterable<Row> | AsyncIterable<Row>,
  batch: number,
  run: (statement: Statement) => Promise<Answer>,
): Promise<number> {
  let count = 0
  let sending: Promise<Answer | undefined> = Promise.resolve(undefined)
  for await (const { names, lines } of batches(plan, rows, batch)) {
    count += (await sending)?.count ?? 0
    const text = `copy ${plan.from} (${plan.list(names)}) from stdin`
    sending = run({ text, params: [], copy: { from: Buffer.from(lines) } })
    // it is awaited when the next batch is there
    sending.catch(() => {})
  }
  return count + ((await sending)?.count ?? 0)
}

/** Lines of rows with the same columns. */
async function* batches(
  plan: TablePlan,
  rows: Iterable<Row> | AsyncIterable<Row>,
  size: number,
): AsyncGenerator<{ readonly names: readonly string[]; readonly lines: string }> {
  let names: readonly string[] = []
  let lines = ""
  let number = 0
  for await (const row of rows) {
    number += 1
    const values = plan.values(row)
    if (values === null || values.names.length === 0)
      throw new RepoUsageError(
        `row ${number} has ${values === null ? "an SQL expression" : "no value"}, and COPY takes values only`,
        "Write such rows with insertAll.",
      )
    const isSame = values.names.length === names.length && values.names.every(isAt(names))
    if (lines !== "" && (!isSame || lines.length >= size)) {
      yield { names, lines }
      lines = ""
    }
    if (!isSame) names = values.names
    lines += copyLine(values.params, (at) => `row ${number}, ${names[at]}`)
  }
  if (lines !== "") yield { names, lines }
}

const isAt = (names: readonly string[]) => (name: string, at: number) => names[at] === name

/** Rows by COPY, as they come; the database waits for who reads them. */
async function* batchesOut(
  access: Access,
  plan: TablePlan,
  select: string,
  { signal: outer, timeout }: CopyOut,
): AsyncGenerator<Row[]> {
  const stop = new AbortController()
  const signal = anyOf(outer, stop.signal)
  // somebody goes on with the connection afterwards
  const { holdsConnection: keeps } = access
  // COPY does not say the types of its columns
  const head = plan.once("head", () => plan.select(sql` limit 0`).text)
  const { columns } = await access.run({ text: head, params: [] }, { signal })
  const pieces = new Handover<Uint8Array>()
  const statement = {
    text: `copy (${select}) to stdout`,
    params: [],
    copy: { to: (piece: Uint8Array) => pieces.put(piece) },
  }
  const running = access.runAtLeisure(statement, signal).then(
    () => pieces.end(),
    (error: unknown) => pieces.end({ error }),
  )
  const reader = new CopyReader()
  try {
    for (;;) {
      const piece = await within(access.patience(timeout), stop, pieces.take())
      if (piece === undefined) return
      const rows = reader.rows(piece)
      yield plan.read({ command: "COPY", count: rows.length, columns, rows })
    }
  } finally {
    pieces.discard()
    if (!pieces.ended && !keeps) stop.abort(new Error("nobody reads the rows any more"))
    await running
  }
}

/** The server may take so long for the next rows; how long the reader takes does not count. */
async function within<T>(
  limit: number | undefined,
  stop: AbortController,
  piece: Promise<T>,
): Promise<T> {
  const late = () => stop.abort(new QueryTimeoutError(limit ?? 0))
  const timer = limit === undefined ? undefined : setTimeout(late, limit)
  try {
    return await piece
  } finally {
    clearTimeout(timer)
  }
}

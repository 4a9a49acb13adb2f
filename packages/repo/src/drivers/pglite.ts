import { accessSync, constants, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs"
import { resolve as absolute, dirname } from "node:path"
import { setImmediate } from "node:timers/promises"
import { type Duration, makeDirectory, parseOptions } from "@bennu/core"
import { duration } from "@bennu/core/zod"
import { PGlite } from "@electric-sql/pglite"
import * as z from "zod"
import type { Answer, Connection, Database, Driver, Statement } from "../driver.ts"
import { ConnectionError, DatabaseLockedError, DataDirectoryError, queryError } from "../errors.ts"
import { takeLock } from "../internal/lock-file.ts"

export interface PgliteOptions {
  /** Where the database is kept; `"memory://"` keeps it nowhere. Beside it lies `<dir>.lock`. */
  readonly dir: string
  /** How long a query may wait for the one connection (`"5s"`). */
  readonly queueTimeout?: Duration | undefined
  /** How many queries may wait at once (1,000). */
  readonly queueLimit?: number | undefined
  /** A wait that is still good, as a server's; nobody is refused if left out. */
  readonly queueTarget?: Duration | undefined
}
/** What our code reads: nothing is optional, times are milliseconds. */
export interface ResolvedPgliteOptions {
  readonly dir: string
  readonly queueTimeout: number
  readonly queueLimit: number
  readonly queueTarget?: number | undefined
}

const schema = z.strictObject({
  dir: z.string().min(1),
  queueTimeout: duration.prefault("5s"),
  queueLimit: z.int().nonnegative().default(1_000),
  queueTarget: duration.optional(),
}) satisfies z.ZodType<ResolvedPgliteOptions, PgliteOptions>

/**
 * A PostgreSQL inside of this process, kept on disk: no server to install. One process may have a directory open,
 * and it has one connection, so transactions run one after the other.
 * @example openRepo({ driver: pglite({ dir: ".data/db" }) })
 */
export function pglite(options: PgliteOptions): Driver {
  const { dir, ...queue }: ResolvedPgliteOptions = parseOptions("pglite", schema, options)
  return { name: "pglite", poolSize: 1, ...queue, copies: true, open: () => open(dir) }
}

async function open(place: string): Promise<Database> {
  const inMemory = place.startsWith("memory://")
  const dir = inMemory ? place : absolute(place)
  const lock = inMemory ? undefined : lockOf(dir)
  try {
    if (!inMemory) await initialize(dir)
    const db = await PGlite.create({ dataDir: dir })
    // everything travels as text; a type that is not named here PGlite would parse in its own way
    db.parsers = Object.fromEntries(Object.keys(db.parsers).map((type) => [type, String]))
    db.serializers = {}
    return {
      connect: () => new PgliteConnection(db),
      async [Symbol.asyncDispose]() {
        using _ = lock
        await db.close()
      },
    }
  } catch (error) {
    lock?.[Symbol.dispose]()
    if (error instanceof DataDirectoryError) throw error
    throw new DataDirectoryError(
      dir,
      `the embedded database in ${dir} does not start: ${text(error)}`,
      {
        cause: error,
        hint: "If it was made by another version of PGlite, or damaged, move the directory away and start anew.",
      },
    )
  }
}

/** A new database is made beside its place and moved there whole: killed halfway, it would never start again. */
async function initialize(dir: string): Promise<void> {
  const found = readdirSync(dir)
  if (found.includes("PG_VERSION")) return
  if (found.length > 0) {
    const files = found.slice(0, 3).join(", ")
    throw new DataDirectoryError(dir, `${dir} is no database and not empty: ${files}`, {
      hint: "Give the database a directory of its own.",
    })
  }
  const draft = `${dir}.new`
  rmSync(draft, { recursive: true, force: true })
  const db = await PGlite.create({ dataDir: draft })
  await db.close()
  rmdirSync(dir)
  renameSync(draft, dir)
}

function lockOf(dir: string): Disposable {
  const file = `${dir}.lock`
  try {
    makeDirectory(dir, 0o700)
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
    const lock = takeLock(file)
    if ("pid" in lock) throw new DatabaseLockedError(dir, lock.pid, file)
    return lock
  } catch (error) {
    if (error instanceof DatabaseLockedError) throw error
    throw new DataDirectoryError(dir, `cannot keep a database in ${dir}: ${text(error)}`, {
      cause: error,
      hint: `Give this user the right to write in ${dirname(dir)}, or set another directory.`,
    })
  }
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error))

class PgliteConnection implements Connection {
  readonly #db: PGlite
  #closed = false

  constructor(db: PGlite) {
    this.#db = db
  }

  get closed(): boolean {
    return this.#closed || this.#db.closed
  }

  /** A statement blocks the process while it runs, so there is nobody who could cancel it. */
  async query({ text, params, copy }: Statement, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted()
    if (this.closed) throw new ConnectionError("the embedded database is closed")
    try {
      const { command, fields, rows, rowCount, blob } = await this.#db.query<(string | null)[]>(
        // what goes in and out by COPY lies there, all at once
        copy === undefined ? text : text.replace(/ std(in|out)$/, " '/dev/blob'"),
        [...params],
        {
          rowMode: "array",
          ...(copy !== undefined && "from" in copy ? { blob: new Blob([copy.from]) } : {}),
        },
      )
      if (blob !== undefined && copy !== undefined && "to" in copy)
        await copy.to(new Uint8Array(await blob.arrayBuffer()))
      return {
        command: command ?? "",
        count: rowCount ?? 0,
        columns: fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID })),
        rows,
      }
    } catch (error) {
      throw described(error, text)
    } finally {
      // one statement after the other would keep the process from all else, until nobody waits for any
      await setImmediate()
    }
  }

  /** There is only the one session: it is cleaned, as if it were new. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (!this.#db.closed) await this.#db.exec("rollback").then(() => this.#db.exec("discard all"))
  }
}

function described(error: unknown, statement: string): unknown {
  if (!(error instanceof Error)) return error
  const { code, detail, table, column, constraint, position } = Report.catch({}).parse(error)
  if (code === undefined)
    return new ConnectionError(`the embedded database failed: ${error.message}`, { cause: error })
  const report = {
    sqlState: code,
    message: error.message,
    detail,
    table,
    column,
    constraint,
    position: position === undefined ? undefined : Number(position),
  }
  return queryError(report, statement)
}

/** The fields of PGlite's error that we tell on; its class is not exported. */
const field = z.string().optional()
const Report = z.object({
  code: field,
  detail: field,
  table: field,
  column: field,
  constraint: field,
  position: field,
})

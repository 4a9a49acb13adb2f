// Answers callers out of a database, in a process of its own: node answering.ts CLIENT URL OPTIONS
import { openRepo, type SqlRow } from "@bennu/repo"
import { pg } from "@bennu/repo/pg"
import { pglite } from "@bennu/repo/pglite"
import { type PostgresOptions, postgres } from "@bennu/repo/postgres"
import postgresJs from "postgres"
import type { Asked, Came, Told } from "./answering-node.ts"

/** Takes the time of the server; where it tells of another caller, a connection was not clean. */
const ANSWER =
  "select $1::int as asked, coalesce(current_setting('app.caller', true), '') as caller, pg_sleep(0.1)"
const SET = "select set_config('app.caller', $1, true)"

type Row = Readonly<Record<string, unknown>>
type Answer = (call: number, signal: AbortSignal) => Promise<SqlRow | undefined>

/** Whether a call comes in a transaction, which sets what is gone when it ends. */
const inTransaction = (call: number) => call % 4 === 0

const [client = "", url = "", json = "{}"] = process.argv.slice(2)
// what the test gives
const options: Omit<PostgresOptions, "url"> = JSON.parse(json)
const answer = client === "bare" ? bare() : await bennu()

async function bennu(): Promise<Answer> {
  const driver =
    client === "pglite"
      ? pglite({ dir: "memory://", ...options })
      : (client === "pg" ? pg : postgres)({ url, ...options })
  const repo = await openRepo({ driver }).start(AbortSignal.any([]))
  return async (call, signal) => {
    const one = ({ sql }: Pick<typeof repo, "sql">) => sql.query(ANSWER, [call], { signal })
    if (!inTransaction(call)) return (await one(repo)).rows[0]
    const { rows } = await repo.transaction(
      async (tx) => {
        await tx.sql.query(SET, [call])
        return one(tx)
      },
      { signal },
    )
    return rows[0]
  }
}

/** The same by postgres.js alone, which has no signals. */
function bare(): Answer {
  const sql = postgresJs(url, { max: options.poolSize ?? 10 })
  return async (call) => {
    if (!inTransaction(call)) return (await sql.unsafe<Row[]>(ANSWER, [call]))[0]
    return sql.begin(async (tx) => {
      await tx.unsafe(SET, [String(call)])
      return (await tx.unsafe<Row[]>(ANSWER, [call]))[0]
    })
  }
}

const callers = new Map<number, AbortController>()

async function serve(call: number): Promise<Came> {
  const caller = new AbortController()
  callers.set(call, caller)
  try {
    const row = await answer(call, caller.signal)
    const own = inTransaction(call) ? String(call) : ""
    return row?.["asked"] === call && row["caller"] === own ? "answer" : "wrong"
  } catch (error) {
    if (caller.signal.aborted) return "nothing"
    const status = error instanceof Error && "status" in error ? error.status : undefined
    return status === 503 ? "refusal" : String(error)
  } finally {
    callers.delete(call)
  }
}

/** Answers a second where so many call again as soon as they were answered. */
async function peakOf(count: number, seconds: number): Promise<number> {
  const started = performance.now()
  const since = () => (performance.now() - started) / 1_000
  let [call, answered] = [0, 0]
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (since() < seconds) {
        call += 1
        if ((await serve(call)) === "answer" && since() < seconds) answered += 1
      }
    }),
  )
  return answered / seconds
}

const tell = (told: Told) => process.send?.(told)

process.on("message", (message) => {
  // the test sends these
  const asked = message as Asked
  if (asked.ask === "peak")
    void peakOf(asked.callers, asked.seconds).then((peak) => tell({ tell: "peak", peak }))
  else if (asked.ask === "leave") callers.get(asked.call)?.abort(new Error("the caller left"))
  else void serve(asked.call).then((came) => tell({ tell: "came", call: asked.call, came }))
})
tell({ tell: "ready" })

// One node of an app that boots: migrates what it is told to, as often as it is told.
import { setTimeout } from "node:timers/promises"
import {
  createIndex,
  type Migration,
  type MigrationSql,
  migrate,
  migration,
} from "@bennu/migrations"
import { openRepo, type Sql } from "@bennu/repo"
import { postgres } from "@bennu/repo/postgres"
import type { Order, Report } from "./orders.ts"

const [url = ""] = process.argv.slice(2)
const repo = await openRepo({ driver: postgres({ url, poolSize: 2 }) }).start(AbortSignal.any([]))
const tell = (report: Report) => process.send?.(report)

/** Five steps, each of which writes down that it ran. The third asks for its death, once in a round that wants it. */
const steps = (round: number): Migration[] =>
  [1, 2, 3, 4, 5].map((step) =>
    migration(`${step}_step`, {
      async up(sql) {
        await sql.query("insert into public.runs values ($1::int, $2::int, $3::int)", [
          round,
          step,
          process.pid,
        ])
        if (step !== 3) return
        // in its own transaction: this one is undone when the node dies
        const { count } = await repo.detached(() =>
          repo.sql.query("delete from public.deaths where round = $1::int", [round]),
        )
        if (count === 0) return
        tell({ told: "holding", round })
        await setTimeout(60_000)
      },
    }),
  )

/** In the round's schema; without a lock, the planted fault. */
const inRound = (round: number, lock: boolean): MigrationSql => ({
  session: (run) =>
    repo.sql.session(async (sql) => {
      await sql.query(`set search_path to round_${round}`)
      try {
        return await run(lock ? sql : unlocked(sql))
      } finally {
        await sql.query("reset search_path")
      }
    }),
})

const unlocked = (sql: Sql): Sql => ({
  ...sql,
  transaction: (run) => sql.transaction(run),
  session: (run) => sql.session(run),
  query: async (text, ...more) =>
    text.includes("pg_try_advisory_lock")
      ? { rows: [{ taken: true }], count: 1 }
      : await sql.query(text, ...more),
})

const index = migration("1_index", {
  transaction: false,
  up: [createIndex("words_word", { on: "words", columns: ["word"], unique: true })],
})

async function obey(order: Order): Promise<void> {
  const { round } = order
  try {
    const applied =
      order.do === "index"
        ? await migrate(inRound(round, true), [index])
        : await migrate(inRound(round, order.lock), steps(round))
    tell({ told: "done", round, applied: applied.length })
  } catch (error) {
    tell({ told: "failed", round, message: String(error) })
  }
}

// an order is what the test sends
process.on("message", (order) => void obey(order as Order))
tell({ told: "ready" })

import { err } from "@bennu/core"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { pglite } from "./drivers/pglite.ts"
import { openRepo, type Repo } from "./index.ts"

/** A transaction of a random program: what it does in order, and how it ends. A number is a row to insert. */
interface Program {
  readonly steps: readonly (number | "fail" | Program | readonly Program[])[]
  readonly ends: "returns" | "throws" | "refuses"
}

const { program } = fc.letrec<{ program: Program; step: Program["steps"][number] }>((tie) => ({
  program: fc.record({
    steps: fc.array(tie("step"), { maxLength: 4 }),
    ends: fc.constantFrom("returns", "returns", "returns", "throws", "refuses"),
  }),
  step: fc.oneof(
    { depthSize: "small" },
    { weight: 4, arbitrary: fc.nat() },
    { weight: 1, arbitrary: fc.constant("fail" as const) },
    { weight: 2, arbitrary: tie("program") },
    { weight: 1, arbitrary: fc.array(tie("program"), { maxLength: 3 }) },
  ),
}))

/** What the program leaves: nothing of a transaction that ended badly or swallowed a failed query. */
function kept({ steps, ends }: Program): number[] {
  if (ends !== "returns" || steps.includes("fail")) return []
  return steps.flatMap((step) => {
    if (typeof step === "number") return [step]
    if (step === "fail") return []
    return "steps" in step ? kept(step) : step.flatMap(kept)
  })
}

describe("transactions of random programs", () => {
  let repo: Repo & AsyncDisposable
  beforeAll(async () => {
    const child = openRepo({ driver: pglite({ dir: "memory://" }) })
    repo = await child.start(new AbortController().signal)
    await repo.sql.query("create table kept (n bigint)")
  }, 60_000)
  afterAll(() => repo[Symbol.asyncDispose]())

  async function run({ steps, ends }: Program): Promise<void> {
    const swallow = (): void => {}
    await repo
      .transaction(async (tx) => {
        for (const step of steps) {
          // the handle and the surrounding repo are the same transaction
          const { sql } = typeof step === "number" && step % 2 === 0 ? tx : repo
          if (typeof step === "number")
            await sql.query("insert into kept values ($1)", [step]).catch(swallow)
          else if (step === "fail") await sql.query("select 1/0").catch(swallow)
          else await ("steps" in step ? run(step) : Promise.all(step.map(run)))
        }
        if (ends === "throws") throw new Error("as planned")
        return ends === "refuses" ? err("as planned") : null
      })
      .catch(swallow)
  }

  it("keep what the model keeps", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(program, async (random) => {
        await repo.sql.query("truncate kept")
        await run(random)
        const { rows } = await repo.sql.query("select n::int as n from kept")
        const sorted = (numbers: readonly unknown[]) => numbers.map(Number).sort((a, b) => a - b)
        expect(sorted(rows.map(({ n }) => n))).toEqual(sorted(kept(random)))
      }),
      { numRuns: 150 },
    )
  })
})

import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { faultRun, seeded } from "bennu-testkit"
import { sql } from "drizzle-orm"
import { afterEach, describe, expect, it } from "vitest"
import { openRepo } from "../index.ts"
import { pglite } from "./pglite.ts"

const program = fileURLToPath(new URL("../testing/programs/append-rows.ts", import.meta.url))

const faults = faultRun()

describe("rows in a PGlite directory whose process is killed with -9", () => {
  const homes: string[] = []
  afterEach(() => {
    for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
  })

  /** Writes and kills some times; gives what was said to be written, and what is there. */
  async function run(rounds: number, plant = "") {
    const home = mkdtempSync(join(tmpdir(), "bennu-faults-"))
    homes.push(home)
    const dir = join(home, "db")
    const draw = seeded(faults.seed)
    const history: number[] = []
    for (let round = 0; round < rounds; round++) {
      const args = ["--conditions=@bennu/source", program, dir, plant]
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
      // in the middle of whatever it does after so many rows
      let left = 20 + Math.floor(draw() * 60)
      for await (const line of createInterface(child.stdout)) {
        history.push(Number(line))
        left -= 1
        if (left === 0) child.kill("SIGKILL")
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
    }
    await using repo = await openRepo({ driver: pglite({ dir }) }).start(AbortSignal.any([]))
    const rows = await repo.query<{ number: number }>(
      sql`select number from history order by number`,
    )
    return { history, there: new Set(rows.map(({ number }) => number)) }
  }

  it("are all there that were said to be written", async () => {
    const { history, there } = await run(faults.quick ? 3 : 10)
    const lost = history.filter((number) => !there.has(number)).length
    faults.report({
      fault: "kill -9 while writing (PGlite)",
      sent: history.length,
      atLeast: 50,
      found: { lost },
    })
  })

  it("are missed by the checker when they were said too early (planted)", async () => {
    const { history, there } = await run(3, "early")
    expect(history.filter((number) => !there.has(number)).length).toBeGreaterThan(0)
  })
})

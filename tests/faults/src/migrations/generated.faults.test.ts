import { migration, proveMigrations } from "@bennu/migrations"
import { generateMigration } from "@bennu/migrations/generate"
import { openRepo, type Repo } from "@bennu/repo"
import { postgres } from "@bennu/repo/postgres"
import { startPostgres, type TestServer } from "@bennu/testing"
import { faultRun, seeded } from "@bennu/testing/chaos"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { declared, randomShapes } from "./random-tables.ts"

const faults = faultRun()
const random = seeded(faults.seed)

describe("generated migrations", () => {
  let server: TestServer
  let repo: Repo & AsyncDisposable
  beforeAll(async () => {
    server = await startPostgres()
    repo = await openRepo({ driver: postgres({ url: server.url }) }).start(AbortSignal.any([]))
  }, 120_000)
  afterAll(async () => {
    await repo[Symbol.asyncDispose]()
    await server.stop()
  })

  async function pair() {
    const [before, after] = randomShapes(random).map(declared)
    const first = await generateMigration(before ?? {})
    const second = await generateMigration(after ?? {}, { previous: first.snapshot })
    return [first, second].filter(({ up }) => up.length > 0)
  }

  it("lead back, and there again", { timeout: 900_000 }, async () => {
    const count = faults.quick ? 25 : 200
    const sum = { migrations: 0, statements: 0, down: 0, upAgain: 0, failed: 0 }
    for (let at = 0; at < count; at++) {
      const steps = await pair()
      const found = await proveMigrations(
        repo.sql,
        steps.map(({ up, down }, at) => migration(`${at + 1}_step`, { up, down })),
      ).catch((error: unknown) => {
        console.error(error)
        return null
      })
      sum.migrations += steps.length
      sum.statements += steps.reduce((all, { up, down }) => all + up.length + down.length, 0)
      if (found === null) sum.failed += 1
      for (const { problem, difference } of found ?? []) {
        console.error(problem, difference)
        if (problem !== "irreversible") sum[problem] += 1
      }
    }
    faults.report({
      fault: "generated tables, changed once: up, down, up again",
      sent: sum.migrations,
      atLeast: count,
      found: {
        "down leads elsewhere": sum.down,
        "up again leads elsewhere": sum.upAgain,
        failed: sum.failed,
      },
      measured: { schemas: count, statements: sum.statements },
    })
  })

  it("are seen not to, where a statement of the way back is missing", {
    timeout: 300_000,
  }, async () => {
    let found = 0
    for (let at = 0; at < 10; at++) {
      const steps = await pair()
      const [first] = steps
      if (first === undefined || first.down.length === 0) continue
      const down = first.down.slice(1)
      const proved = await proveMigrations(repo.sql, [
        migration("1_step", { up: first.up, down }),
      ]).catch(() => [1])
      found += proved.length
    }
    expect(found).toBeGreaterThan(0)
  })
})

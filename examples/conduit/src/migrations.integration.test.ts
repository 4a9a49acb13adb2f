import { join } from "node:path"
import { run } from "@bennu/cli"
import { migrationsIn, proveMigrations } from "@bennu/migrations"
import { createDatabase } from "bennu-testkit"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { database, migrations } from "./database.ts"

/** `bennu` in this folder, on a database of its own. */
async function bennu(...commands: readonly (readonly string[])[]) {
  const { url, drop } = await createDatabase()
  onTestFinished(drop)
  vi.stubEnv("DATABASE_URL", url)
  onTestFinished(() => void vi.unstubAllEnvs())
  const said: string[] = []
  const say = (text: string) => said.push(text)
  const at = { cwd: join(import.meta.dirname, ".."), out: say, err: say }
  for (const args of commands) said.push(`exit ${await run(args, at)}\n`)
  return { url, said: said.join("") }
}

describe("Conduit's database", { timeout: 60_000 }, () => {
  it("is made of migrations that keep nobody waiting, and has what the schemas declare", async () => {
    const check = ["migrate", "--check"]
    const { said } = await bennu(["migrate", "lint"], check, ["migrate"], ["seed"], ["seed"], check)
    expect(said.match(/^(exit|migrations:|.* changed something).*$/gm)).toEqual([
      "migrations: no problems in 3 migrations",
      "exit 0",
      "migrations: no problems in 3 migrations, 3 pending",
      "exit 0",
      "exit 0",
      "1 seed of 1 changed something",
      "exit 0",
      "no seeds of 1 changed something",
      "exit 0",
      "migrations: no problems in 3 migrations, 0 pending",
      "exit 0",
    ])
  })

  it("goes back as it came", async () => {
    const { url } = await bennu()
    await using repo = await database(url).start(AbortSignal.any([]))
    expect(await proveMigrations(repo.sql, await migrationsIn(migrations))).toEqual([])
  })
})

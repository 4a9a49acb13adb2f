import { err } from "@bennu/core"
import type { Repo } from "@bennu/repo"
// biome-ignore lint/correctness/noUndeclaredDependencies: only this package's tests import this file
import { expect, it } from "vitest"
import { seed } from "../index.ts"
import { type Migrated, names } from "./migrated.ts"

/** When seeds run, and what is left of one that fails. */
export function seedsContract(db: Migrated): void {
  const add = (name: string) => ({
    name,
    run: (repo: Repo) => repo.drizzle.insert(names).values({ name }).onConflictDoNothing(),
  })

  it("run once, or each time if they say so", async () => {
    const seeds = [add("a"), { ...add("b"), when: "always" as const }]
    expect(await seed(db.repo, seeds)).toEqual(["a", "b"])
    await db.repo.sql.query("delete from tags")
    expect(await seed(db.repo, seeds)).toEqual(["b"])
    expect(await db.repo.drizzle.$count(names)).toBe(1)
  })

  it("run only where they belong", async () => {
    const seeds = [add("everywhere"), { ...add("demo"), environments: ["development"] }]
    expect(await seed(db.repo, seeds, { environment: "production" })).toEqual(["everywhere"])
    expect(await seed(db.repo, seeds, { environment: "development" })).toEqual(["demo"])
  })

  it("keep nothing when they fail, and run again next time", async () => {
    let broken = true
    const flaky = {
      name: "flaky",
      async run(repo: Repo) {
        await repo.drizzle.insert(names).values({ name: "x" })
        if (broken) throw new Error("boom")
      },
    }
    await expect(seed(db.repo, [flaky])).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_SEED",
      seed: "flaky",
      message: expect.stringContaining("boom"),
    })
    expect(await db.repo.drizzle.$count(names)).toBe(0)
    broken = false
    expect(await seed(db.repo, [flaky])).toEqual(["flaky"])
  })

  it("take a refused changeset for a failure", async () => {
    const bad = {
      name: "bad",
      run: async () => err("not valid"),
    }
    await expect(seed(db.repo, [bad])).rejects.toMatchObject({ code: "ERR_MIGRATIONS_SEED" })
  })

  it("have different names", async () => {
    await expect(seed(db.repo, [add("a"), add("a")])).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_SEED",
    })
  })
}

import { change, schema } from "@bennu/schema"
import { asc, eq, sql } from "drizzle-orm"
import { integer, pgTable, text } from "drizzle-orm/pg-core"
import fc from "fast-check"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { pglite } from "./drivers/pglite.ts"
import { openRepo, type Repo, type ScopedRepo } from "./index.ts"
import { value } from "./testing/support.ts"

const notes = pgTable("notes", {
  id: integer().primaryKey(),
  tenant: text().notNull(),
  parentId: integer(),
  size: integer().notNull(),
})
const Note = schema(notes, {
  belongsTo: { parent: { to: () => notes, by: "parentId" } },
  hasMany: { replies: { to: () => notes, by: "parentId" } },
})
type Row = typeof Note.$inferSelect

const preload = ["parent", "replies"] as const
/** Every way to see rows; each gives the ids that it saw, or a figure made of them. */
const ways: Readonly<Record<string, (repo: ScopedRepo, all: readonly Row[]) => Promise<unknown>>> =
  {
    all: async (repo) => (await repo.all(Note, { preload, orderBy: asc(notes.id) })).map(seenIn),
    get: (repo, all) =>
      Promise.all(all.map(async ({ id }) => seenIn(await repo.get(Note, id, { preload })))),
    getBy: (repo, all) => Promise.all(all.map(({ id }) => repo.getBy(Note, { id }))),
    count: (repo) => repo.count(Note),
    exists: (repo, all) =>
      Promise.all(all.map(({ id }) => repo.exists(Note, { where: eq(notes.id, id) }))),
    sum: (repo) => repo.aggregate(Note, "sum", "size"),
    stream: async (repo) => {
      const seen: unknown[] = []
      for await (const row of repo.stream(Note, { preload, batch: 2 })) seen.push(seenIn(row))
      return seen
    },
    copyOut: async (repo) => {
      const seen: unknown[] = []
      for await (const { id } of repo.copyOut(Note, { orderBy: asc(notes.id) })) seen.push(id)
      return seen
    },
    preload: async (repo, all) => {
      const own = all.filter(({ tenant }) => tenant === "a")
      return (await repo.preload(Note, own, preload)).map(seenIn)
    },
    transaction: (repo) => repo.transaction(async (tx) => (await tx.all(Note)).length),
    updateAll: (repo) => repo.updateAll(Note, { size: 9 }, { where: sql`true` }),
    deleteAll: (repo) => repo.deleteAll(Note, { where: sql`true` }),
  }
const seenIn = (row: (Row & { parent: Row | null; replies: Row[] }) | null) =>
  row && [row.id, row.parent?.id ?? null, row.replies.map(({ id }) => id).sort()]

describe("a repo that is scoped to a tenant", () => {
  let repo: Repo & AsyncDisposable
  beforeAll(async () => {
    repo = await openRepo({ driver: pglite({ dir: "memory://" }), casing: "snake_case" }).start(
      new AbortController().signal,
    )
    await repo.query(
      sql`create table notes (id int primary key, tenant text not null, parent_id int, size int not null)`,
    )
  }, 60_000)
  afterAll(() => repo[Symbol.asyncDispose]())

  const row = fc.record({
    tenant: fc.constantFrom("a", "b"),
    parentId: fc.option(fc.integer({ min: 0, max: 11 })),
    size: fc.nat(5),
  })
  const rows = fc.array(row, { maxLength: 12 })
  it.each(Object.entries(ways))(
    "gives and changes by %s what it would if there were no other",
    {
      timeout: 60_000,
    },
    async (_, way) => {
      const property = fc.asyncProperty(rows, async (made) => {
        const all = made.map((each, id) => ({ id, ...each }))
        const of = (name: string) => all.filter(({ tenant }) => tenant === name)
        const ask = async (there: readonly Row[], by: ScopedRepo) => {
          await repo.deleteAll(Note, { where: sql`true` })
          await repo.insertAll(Note, there)
          return way(by, all)
        }
        const scoped = await ask(all, repo.scoped({ filter: () => eq(notes.tenant, "a") }))
        const others = { where: eq(notes.tenant, "b"), orderBy: asc(notes.id) }
        expect(await repo.all(Note, others)).toEqual(of("b"))
        expect(scoped).toEqual(await ask(of("a"), repo.scoped({})))
      })
      await fc.assert(property, { numRuns: 15 })
    },
  )

  describe("and is asked to write", () => {
    const mine = { id: 1, tenant: "a", parentId: null, size: 1 }
    const theirs = { id: 2, tenant: "b", parentId: null, size: 1 }
    const scoped = () => repo.scoped({ filter: () => eq(notes.tenant, "a") })
    const all = () => repo.all(Note, { orderBy: asc(notes.id) })
    beforeEach(async () => {
      await repo.deleteAll(Note, { where: sql`true` })
      await repo.insertAll(Note, [mine, theirs])
    })

    it("changes and deletes no row of another by its key, which anybody may send", async () => {
      const gone = { code: "ERR_REPO_STALE" }
      for (const attempt of [
        () => scoped().update(change(Note, theirs, { size: 9 })),
        () => scoped().delete(change(Note, theirs)),
        () => scoped().transaction((tx) => tx.delete(change(Note, { id: 2 }))),
      ])
        await expect(attempt()).rejects.toMatchObject(gone)
      expect(await all()).toEqual([mine, theirs])
      const own = await value(scoped().update(change(Note, mine, { size: 9 })))
      expect(own).toMatchObject({ size: 9 })
      expect(await value(scoped().delete(change(Note, mine)))).toMatchObject({ id: 1 })
      expect(await all()).toEqual([theirs])
    })

    it("neither replaces nor shows the row of another that an insert meets", async () => {
      const onConflict = { target: ["id"], replace: ["size"] } as const
      const meeting = (size: number) => change(Note, {}, { ...mine, id: 2, size })
      for (const size of [9, 1])
        await expect(scoped().insert(meeting(size), { onConflict })).rejects.toMatchObject({
          code: "ERR_REPO_STALE",
        })
      const many = [
        { ...mine, size: 9 },
        { ...mine, id: 2, size: 9 },
      ]
      expect(await scoped().insertAll(Note, many, { onConflict })).toEqual([{ ...mine, size: 9 }])
      expect(await all()).toEqual([{ ...mine, size: 9 }, theirs])
    })

    it("does not tell what is in it by a lock that refuses, either", async () => {
      const locked = change(Note, { ...theirs, size: 7 }, { parentId: 1 }).optimisticLock("size")
      const refused = await scoped().update(locked)
      expect(refused.ok ? null : refused.error.conflict).toMatchObject({ current: null })
    })

    it("writes no nested row of a table that it has not, nor of another tenant", async () => {
      const bin = pgTable("bin", { id: integer().primaryKey(), noteId: integer() })
      const Owner = schema(notes, { hasMany: { bins: { to: () => bin, by: "noteId" } } })
      const filled = change(Owner, { bins: [] }, { ...mine, id: 3 }).putAssoc("bins", [
        change(schema(bin), {}, { id: 1 }),
      ])
      await expect(repo.scoped({ tables: [notes] }).insert(filled)).rejects.toMatchObject({
        code: "ERR_REPO_SCOPE",
        table: "bin",
      })
      const linked = change(Note, { ...mine, replies: [] }).putAssoc("replies", [theirs])
      await expect(scoped().update(linked)).rejects.toMatchObject({ code: "ERR_REPO_STALE" })
      expect(await all()).toEqual([mine, theirs])
    })
  })
})

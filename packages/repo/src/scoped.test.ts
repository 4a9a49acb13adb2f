import { schema } from "@bennu/schema"
import { asc, eq, sql } from "drizzle-orm"
import { integer, pgTable, text } from "drizzle-orm/pg-core"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { pglite } from "./drivers/pglite.ts"
import { openRepo, type Repo, type ScopedRepo } from "./index.ts"

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
})

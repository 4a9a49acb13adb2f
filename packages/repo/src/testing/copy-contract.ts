import { eq, like, sql } from "drizzle-orm"
import { describe, expect, it } from "vitest"
import type { Repo } from "../repo.ts"
import { failure } from "./support.ts"
import { Tag, tags, User, users } from "./tables.ts"

const names = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `tag ${at}` }))

export function copyContract(repo: () => Repo): void {
  const all = async <T>(rows: AsyncIterable<T>) => {
    const read: T[] = []
    for await (const row of rows) read.push(row)
    return read
  }

  describe("copyIn and copyOut", () => {
    it("carry what a file of COPY would read as its end, and hostile text", async () => {
      const hostile = [
        "\\.",
        "\\N",
        "",
        "\\",
        "a\tb",
        "a\nb",
        "a\r\nb",
        "\\\\.",
        "'; drop table tags; --",
        "\u2028",
        "\\x41",
        "\\101",
      ]
      await repo().copyIn(
        Tag,
        hostile.map((name) => ({ name })),
      )
      const back = await all(repo().copyOut(Tag))
      expect(back.map(({ name }) => name).toSorted()).toEqual(hostile.toSorted())
      for (const name of hostile)
        expect(await all(repo().copyOut(Tag, { where: eq(tags.name, name) }))).toHaveLength(1)
    })

    it("refuse a NUL character with the row and the column that have it, and SQL", async () => {
      const nul = [...names(3), { name: "a\0b" }]
      expect(await failure(repo().copyIn(Tag, nul))).toMatchObject({
        code: "ERR_REPO_USAGE",
        message: "row 4, name holds a NUL character, which PostgreSQL's text cannot",
      })
      const where = eq(tags.name, "a\0b")
      expect(await failure(all(repo().copyOut(Tag, { where })))).toMatchObject({
        code: "ERR_REPO_USAGE",
      })
      // a column's type takes SQL, too
      const expression = [{ name: sql`'a'` as never }]
      expect(await failure(repo().copyIn(Tag, expression))).toMatchObject({
        message: expect.stringContaining("SQL expression"),
      })
      expect(await repo().count(Tag)).toBe(0)
    })

    it("pull rows from a source as the database takes them, of whatever columns", async () => {
      async function* source() {
        for (const row of names(300)) yield row
        for (const { name } of names(300)) yield { id: crypto.randomUUID(), name: `own ${name}` }
      }
      expect(await repo().copyIn(Tag, source(), { buffer: 1_000 })).toBe(600)
      expect(await repo().count(Tag, { where: like(tags.name, "own %") })).toBe(300)
      expect(await repo().copyIn(Tag, [])).toBe(0)
      expect(await all(repo().copyOut(Tag, { where: eq(tags.name, "nobody") }))).toEqual([])
    })

    it("write all or nothing: a refused row, a broken source and a signal take all back", async () => {
      const twice = [...names(500), { name: "tag 499" }]
      expect(await failure(repo().copyIn(Tag, twice, { buffer: 400 }))).toMatchObject({
        code: "ERR_REPO_CONSTRAINT",
        sqlState: "23505",
        constraint: "tags_name_key",
      })
      // in the one batch the refusal comes at its very end
      expect(await failure(repo().copyIn(Tag, twice))).toMatchObject({ sqlState: "23505" })
      const breaking = function* () {
        yield* names(500)
        throw new Error("gone")
      }
      expect(await failure(repo().copyIn(Tag, breaking(), { buffer: 400 }))).toMatchObject({
        message: "gone",
      })
      const stop = new AbortController()
      const stopping = function* () {
        yield* names(500)
        stop.abort(new Error("enough"))
        yield* names(500)
      }
      const { signal } = stop
      const stopped = repo().copyIn(Tag, stopping(), { buffer: 400, signal })
      expect(await failure(stopped)).toMatchObject({ message: "enough" })
      expect(await repo().count(Tag)).toBe(0)
      expect(await repo().copyIn(Tag, names(2))).toBe(2)
    })

    it("are a part of the transaction around them, which outlives what they refuse", async () => {
      await repo().transaction(async (tx) => {
        await tx.copyIn(Tag, names(10))
        expect(await failure(repo().copyIn(Tag, names(1)))).toMatchObject({ sqlState: "23505" })
        const read: string[] = []
        for await (const { name } of tx.copyOut(Tag, { orderBy: tags.name, limit: 3 })) {
          read.push(name)
          if (read.length === 2) break
        }
        expect(read).toEqual(["tag 0", "tag 1"])
        // what it reads may come from the transaction itself
        const users = tx.stream(User, { batch: 2 })
        await tx.copyIn(Tag, renamed(users))
        expect(await tx.count(Tag)).toBe(10)
      })
      const undone = repo().transaction(async (tx) => {
        await tx.copyIn(Tag, [{ name: "undone" }])
        throw new Error("as planned")
      })
      expect(await failure(undone)).toMatchObject({ message: "as planned" })
      expect(await repo().count(Tag)).toBe(10)
    })

    it("copy from one table into another of the same transaction", async () => {
      await repo().insertAll(
        User,
        names(50).map(({ name }) => ({ email: name })),
      )
      await repo().transaction(async (tx) => {
        const written = await tx.copyIn(Tag, renamed(tx.stream(User, { batch: 7 })), {
          buffer: 100,
        })
        expect(written).toBe(50)
      })
      expect(await repo().count(Tag)).toBe(50)
    })

    it("give rows in batches, with conditions and in any order, and may be left", async () => {
      await repo().copyIn(
        User,
        Array.from({ length: 30_000 }, (_, at) => ({ email: `${at}` })),
      )
      let read = 0
      for await (const _ of repo().copyOut(User)) {
        read += 1
        if (read === 100) break
      }
      const where = like(users.email, "99%")
      const query = { where, orderBy: users.email, limit: 2, offset: 1 }
      const some = await all(repo().copyOut(User, query))
      expect(some.map(({ email }) => email)).toEqual(["990", "9900"])
      expect(await all(repo().copyOut(User))).toHaveLength(30_000)
    })

    it("keep to what the repo may see", async () => {
      await repo().copyIn(Tag, names(3))
      const scoped = repo().scoped({ tables: [tags], filter: () => eq(tags.name, "tag 1") })
      expect(await all(scoped.copyOut(Tag))).toHaveLength(1)
      expect(await failure(Promise.resolve().then(() => scoped.copyIn(User, [])))).toMatchObject({
        code: "ERR_REPO_SCOPE",
      })
      expect(await failure(all(scoped.copyOut(User)))).toMatchObject({ code: "ERR_REPO_SCOPE" })
    })
  })
}

async function* renamed(rows: AsyncIterable<{ readonly email: string }>) {
  for await (const { email } of rows) yield { name: email }
}

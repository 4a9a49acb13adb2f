import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Comments, commentOf, tagQueries } from "./comments.ts"
import { pglite } from "./drivers/pglite.ts"
import { openRepo, type QueryExplained, queryExplained } from "./index.ts"

const statement = { text: "select 1", params: [] }

describe("comments of statements", () => {
  it("say what they are for as sqlcommenter writes it, keys in order", () => {
    expect(commentOf({ route: "GET /todos/:id", application: "to do", job: undefined })).toBe(
      " /*application='to%20do',route='GET%20%2Ftodos%2F%3Aid'*/",
    )
    expect(commentOf({})).toBe("")
  })

  it("end where they end, whatever is in them", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({
        unit: fc.constantFrom("*", "/", "'", "\\", "-", "\n", "$", "\0", "%", "\ud800"),
      }),
    )
    const property = fc.property(fc.dictionary(hostile, hostile), (tags) => {
      const comment = commentOf(tags)
      if (comment !== "")
        expect(comment).toMatch(/^ \/\*[\w.~%-]+='[\w.~%-]+'(,[\w.~%-]+='[\w.~%-]+')*\*\/$/)
      expect(comment.length).toBeLessThan(16 * 2 * 9 * 200)
    })
    fc.assert(property)
  })

  it("leave statements as few texts as they were where those are prepared, but for some", () => {
    let drawn = 0
    const random = () => (drawn++ % 10) / 10
    const comments = new Comments({ always: { application: "a" }, sample: 0.1, random }, true)
    const sent = Array.from({ length: 100 }, (_, at) =>
      tagQueries({ route: `/${at}` }, () => comments.on(statement)),
    )
    const prepared = sent.filter(({ once }) => !once)
    expect(new Set(prepared.map(({ text }) => text))).toEqual(
      new Set(["select 1 /*application='a'*/"]),
    )
    expect(sent.filter(({ once }) => once)).toHaveLength(10)
    expect(sent[0]?.text).toBe("select 1 /*application='a',route='%2F0'*/")
  })

  it("carry all that is said around them where nothing is prepared", () => {
    const comments = new Comments({}, false)
    expect(comments.on(statement)).toBe(statement)
    const tagged = tagQueries({ job: "digest" }, () =>
      tagQueries({ action: "send" }, () => comments.on(statement)),
    )
    expect(tagged.text).toBe("select 1 /*action='send',job='digest'*/")
    expect(() => new Comments({ sample: Number.NaN }, true)).toThrow("comments.sample")
  })
})

describe("a repo that explains what is slow", { timeout: 60_000 }, () => {
  const open = (explain: { threshold: number; sample?: number }) =>
    openRepo({
      driver: pglite({ dir: "memory://" }),
      comments: { always: { application: "test" } },
      explain,
    }).start(new AbortController().signal)

  it("tells the plan of it, without what was asked for, one at a time", async () => {
    await using repo = await open({ threshold: 0 })
    await repo.sql.query("create table secrets (name text, number int)")
    const told: QueryExplained[] = []
    const first = Promise.withResolvers<void>()
    using _ = queryExplained.subscribe((event) => {
      told.push(event)
      first.resolve()
    })
    const asked = "select * from secrets where name = $1 and number = $2 and name <> 'it''s me'"
    await repo.sql.query(asked, ["o'hara\n'; --", 4_711])
    await first.promise
    expect(told).toHaveLength(1)
    const [{ plan, ...event } = { plan: null }] = told
    expect(event).toMatchObject({ driver: "pglite", statement: asked })
    expect(plan).toMatchObject({ "Node Type": "Seq Scan", "Relation Name": "secrets" })
    expect(JSON.stringify(plan)).toContain("number = ?")
    expect(JSON.stringify(plan)).not.toMatch(/hara|4711|--|it's|me'/)
  })

  it("asks nothing of what is quick, has no plan, failed, or nobody listens to", async () => {
    await using repo = await open({ threshold: 60_000 })
    await using always = await open({ threshold: 0 })
    const told: QueryExplained[] = []
    await always.sql.query("select 1")
    using _ = queryExplained.subscribe((event) => told.push(event))
    await repo.sql.query("select 1")
    await always.sql.query("create table t (n int)")
    await expect(always.sql.query("select 1/0")).rejects.toThrow("zero")
    await expect(always.transaction((tx) => tx.sql.query("select 1/0"))).rejects.toThrow("zero")
    expect(told).toEqual([])
  })
})

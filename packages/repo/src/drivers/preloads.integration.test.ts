import type { Row } from "@bennu/schema"
import { createDatabase } from "bennu-testkit"
import { sql } from "drizzle-orm"
import { beforeEach, expect, it, vi } from "vitest"
import type { Repo } from "../index.ts"
import { queryStopped } from "../telemetry.ts"
import { held, onServers, pid } from "../testing/on-servers.ts"
import { failure } from "../testing/support.ts"
import { Article, Profile, User } from "../testing/tables.ts"

onServers("what one call preloads", createDatabase, ({ open }) => {
  const sleepers = async (repo: Repo) => {
    const { rows } = await repo.sql.query(
      "select pid from pg_stat_activity where datname = current_database() and state = 'active' and query like '%pg_sleep(60)%' and pid <> pg_backend_pid()",
    )
    return rows.map((row) => row["pid"])
  }
  const long = { where: sql`pg_sleep(60) is not null` }
  const all = { articles: true, profile: true } as const
  const slow = { articles: long, profile: long } as const
  const wrong = { articles: { where: sql`1 / 0 = 1` }, profile: true } as const

  beforeEach(async () => {
    await using repo = await open()
    const [ada] = await repo.insertAll(User, [{ email: "ada" }])
    await repo.insertAll(Article, [{ slug: "a", title: "a", authorId: ada?.id }])
    await repo.insertAll(Profile, [{ userId: ada?.id ?? "", bio: "counts" }])
  })
  const works = async (repo: Repo) =>
    expect(await repo.one(User, { preload: all })).toMatchObject({
      articles: [{ slug: "a" }],
      profile: { bio: "counts" },
    })

  it("stops together when the signal aborts, on the server too", async () => {
    await using repo = await open()
    await using watcher = await open()
    const controller = new AbortController()
    const loading = failure(repo.all(User, { preload: slow, signal: controller.signal }))
    await vi.waitUntil(async () => (await sleepers(watcher)).length > 0)
    controller.abort(new Error("enough"))
    expect(await loading).toMatchObject({ message: "enough" })
    await vi.waitUntil(async () => (await sleepers(watcher)).length === 0)
    await works(repo)
  })

  it("runs at the same time, each relation over a connection of its own", async () => {
    await using repo = await open({ poolSize: 2 })
    await using watcher = await open()
    const controller = new AbortController()
    const loading = failure(repo.all(User, { preload: slow, signal: controller.signal }))
    await vi.waitUntil(async () => (await sleepers(watcher)).length === 2, 15_000)
    controller.abort(new Error("enough"))
    expect(await loading).toMatchObject({ message: "enough" })
    await works(repo)
  })

  it("shares one connection where no other is idle, and never waits for a second", async () => {
    // whoever waits is refused
    await using repo = await open({ poolSize: 2, queueLimit: 0 })
    const { began, go, done } = held(repo)
    await began
    await works(repo)
    const articles = (rows: readonly Row<typeof User>[], within: Repo) =>
      within.preload(User, rows, ["profile", "articles"])
    expect(
      await repo.all(Article, { preload: { author: { load: articles }, tags: true } }),
    ).toMatchObject([
      { author: { profile: { bio: "counts" }, articles: [{ slug: "a" }] }, tags: [] },
    ])
    go()
    await done
    await works(repo)
  })

  it("takes one connection only where that is wanted, and in a transaction", async () => {
    await using repo = await open({ poolSize: 4 })
    const most = async (load: () => Promise<unknown>) => {
      const busy: number[] = []
      using _ = queryStopped.subscribe((query) => busy.push(query.busy))
      await load()
      return Math.max(...busy)
    }
    expect(await most(() => repo.all(User, { preload: all }))).toBe(2)
    expect(await most(() => repo.all(User, { preload: all, inParallel: false }))).toBe(1)
    const inside = (tx: Repo) => tx.all(User, { preload: all })
    expect(await most(() => repo.transaction(inside))).toBe(1)
  })

  it("stops together when it takes too long", async () => {
    await using repo = await open()
    await works(repo)
    const loading = failure(repo.all(User, { preload: slow, timeout: 200 }))
    expect(await loading).toMatchObject({ code: "ERR_REPO_QUERY_TIMEOUT", limit: 200 })
    await works(repo)
  })

  it("fails together when the connection breaks", async () => {
    await using repo = await open({ poolSize: 1 })
    await using watcher = await open()
    const loading = failure(repo.all(User, { preload: { articles: long, profile: true } }))
    await vi.waitUntil(async () => (await sleepers(watcher)).length > 0)
    for (const id of await sleepers(watcher))
      await watcher.sql.query("select pg_terminate_backend($1)", [id])
    expect(await loading).toMatchObject({ code: "ERR_REPO_CONNECTION" })
    await works(repo)
  })

  it("tells what failed first, and leaves the connection and what is around a savepoint as they were", async () => {
    await using repo = await open({ poolSize: 1 })
    const before = await pid(repo)
    expect(await failure(repo.all(User, { preload: wrong }))).toMatchObject({ sqlState: "22012" })
    await works(repo)
    await repo.transaction(async (tx) => {
      const inner = tx.transaction((within) => within.all(User, { preload: wrong }))
      expect(await failure(inner)).toMatchObject({ sqlState: "22012" })
      await works(tx)
    })
    expect(await pid(repo)).toBe(before)
  })
})

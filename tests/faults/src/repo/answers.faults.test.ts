import { setTimeout } from "node:timers/promises"
import type { Driver, Repo } from "@bennu/repo"
import { postgres } from "@bennu/repo/postgres"
import { faultRun, seeded } from "@bennu/testing/chaos"
import { describe, expect, it } from "vitest"
import { clients, open, ownServer, PATIENTLY, planted } from "./servers.ts"
import { transactionPooler } from "./transaction-pooler.ts"

const faults = faultRun()
const server = ownServer()

/** Asks for one number after the other, and notes for each what came of it. */
async function ask(repo: Repo, count: number, meanwhile: () => void) {
  const history = { asked: 0, answered: 0, failed: 0, wrong: 0 }
  const question = async (value: number) => {
    history.asked += 1
    try {
      const text = "select $1::int as value"
      const { rows } =
        value % 5 === 0
          ? await repo.transaction((tx) => tx.sql.query(text, [value]))
          : await repo.sql.query(text, [value])
      if (rows[0]?.["value"] === value) history.answered += 1
      else history.wrong += 1
    } catch {
      history.failed += 1
    }
  }
  let next = 0
  const asking = Array.from({ length: 60 }, async () => {
    while (next < count) {
      next += 1
      if (next % 500 === 0) meanwhile()
      await question(next)
    }
  })
  await Promise.race([Promise.all(asking), setTimeout(300_000, undefined, { ref: false })])
  const { asked, answered, failed, wrong } = history
  return { ...history, unsettled: asked - answered - failed - wrong + (count - asked) }
}

describe.each(clients)("a repo behind a pooler of transactions (%s)", (name, client) => {
  it("settles every query, whatever is reset or swallowed", PATIENTLY, async () => {
    const count = faults.quick ? 5_000 : 50_000
    const random = seeded(faults.seed)
    await using pooler = await transactionPooler(server.url, 8)
    const driver = client({
      url: pooler.url,
      pooler: "transaction",
      poolSize: 20,
      queryTimeout: "1s",
      connectTimeout: "1s",
      queueTimeout: "30s",
      queueTarget: "30s",
    })
    await using repo = await open(driver)
    let resets = 0
    const { asked, answered, failed, wrong, unsettled } = await ask(repo, count, () => {
      resets += 1
      const drawn = random()
      if (drawn < 0.45) pooler.reset("clients", random)
      else if (drawn < 0.9) pooler.reset("servers", random)
      else {
        pooler.swallow(true)
        setTimeout(300).then(() => pooler.swallow(false))
      }
    })
    faults.report({
      fault: `queries behind a pooler of transactions whose connections are reset or swallowed (${name})`,
      sent: asked,
      atLeast: count,
      found: { unsettled, wrong },
      measured: { answered, failed, resets },
    })
    expect(answered).toBeGreaterThan(count / 2)
  })
})

it("is seen not to settle where nobody looks at the clock (planted)", PATIENTLY, async () => {
  const real = postgres({ url: server.url, poolSize: 4 })
  const driver = planted(real, (connection) => {
    let queries = 0
    return {
      get closed() {
        return connection.closed
      },
      close: () => connection.close(),
      query(statement, stop) {
        queries += 1
        return queries === 20
          ? new Promise((_, reject) => stop?.addEventListener("abort", reject))
          : connection.query(statement, stop)
      },
    }
  })
  const repo = await open({ ...driver, queryTimeout: undefined, queueTimeout: 3_600_000 })
  const settled = await Promise.race([ask(repo, 200, () => {}), setTimeout(3_000, null)])
  expect(settled).toBeNull()
  await repo[Symbol.asyncDispose]()
})

describe.each(clients)(
  "requests that are aborted in the middle of a query (%s)",
  (name, client) => {
    const running =
      "state <> 'idle' and pid <> pg_backend_pid() and backend_type = 'client backend'"
    async function abort(driver: Driver, count: number, after = async (_: Repo) => 0) {
      await using watcher = await open(postgres({ url: server.url, poolSize: 1 }))
      await using repo = await open(driver)
      const random = seeded(faults.seed)
      const number = async (text: string) => Number((await watcher.sql.query(text)).rows[0]?.["n"])
      let aborted = 0
      let next = 0
      const one = async () => {
        const stop = new AbortController()
        const { signal } = stop
        const asking =
          random() < 0.5
            ? repo.sql.query("select pg_sleep(30)", [], { signal })
            : repo.transaction(
                async (tx) => {
                  await tx.sql.query(
                    "select set_config('search_path', 'dirty', false), pg_advisory_lock_shared(7)",
                  )
                  await tx.sql.query("select pg_sleep(30)")
                },
                { signal },
              )
        const settled = asking.then(
          () => {},
          () => {
            aborted += 1
          },
        )
        await setTimeout(random() * 10)
        stop.abort(new Error("enough"))
        await settled
      }
      await Promise.all(
        Array.from({ length: 16 }, async () => {
          while (next++ < count) await one()
        }),
      )
      await setTimeout(1_000)
      const left = await number(`select count(*) as n from pg_stat_activity where ${running}`)
      const locks = await number("select count(*) as n from pg_locks where locktype = 'advisory'")
      const dirty = (await after(repo)) + locks
      return { aborted, left, dirty }
    }

    it("leave nothing running and no connection that is not clean", PATIENTLY, async () => {
      const count = faults.quick ? 400 : 5_000
      const driver = client({ url: server.url, poolSize: 16 })
      const { aborted, left, dirty } = await abort(driver, count, async (repo) => {
        const text = "select current_setting('search_path') as path"
        const paths = await Promise.all(Array.from({ length: 64 }, () => repo.sql.query(text)))
        return paths.filter(({ rows }) => rows[0]?.["path"] === "dirty").length
      })
      faults.report({
        fault: `requests aborted in the middle of a query (${name})`,
        sent: aborted,
        atLeast: count,
        found: { "still running after 1 s": left, "dirty connections": dirty },
      })
    })

    it(
      "are seen to run on where the signal does not reach the server (planted)",
      PATIENTLY,
      async () => {
        const real = client({ url: server.url, poolSize: 16 })
        const deaf = planted(real, (connection) => ({
          closed: false,
          close: async () => {},
          query: (statement, stop) =>
            new Promise((resolve, reject) => {
              stop?.addEventListener("abort", () => reject(stop.reason))
              connection.query(statement).then(resolve, reject)
            }),
        }))
        const { left } = await abort(deaf, 8)
        await using admin = await open(postgres({ url: server.url, poolSize: 1 }))
        await admin.sql.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where ${running}`,
        )
        expect(left).toBeGreaterThan(0)
      },
    )
  },
)

import { setTimeout as sleep } from "node:timers/promises"
import { app, get } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it, vi } from "vitest"
import { setup } from "../index.ts"
import { allowTestSockets, allowTests, carriersOf } from "../web.ts"

const path = paths({ home: "/" })
const tests = setup()
const served = (options: Parameters<typeof allowTests>[1]) =>
  app(router(get(path.home, (conn) => conn.text("hello"))), { before: allowTests(tests, options) })
const ask = (
  at: ReturnType<typeof served>,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
) => at.fetch(new Request(`http://app.test${path}`, { method, headers }))

describe("allowTests", () => {
  afterEach(() => vi.unstubAllEnvs())

  it("is refused in production, and so is allowTestSockets", () => {
    vi.stubEnv("NODE_ENV", "production")
    const refusal = expect.objectContaining({ code: "ERR_TESTING_PRODUCTION" })
    expect(() => allowTests(tests)).toThrow(refusal)
    const handler = { protocol: "x", upgrade: () => ({ status: 404 }) }
    expect(() => allowTestSockets(tests, handler)).toThrow(refusal)
  })

  it("lets pass who has no token, and opens no tests unless it is told where", async () => {
    const page = served({})
    expect(await (await ask(page, "GET", "/")).text()).toBe("hello")
    expect((await ask(page, "POST", "/test")).status).toBe(404)
  })

  it("opens so many tests at once, and ends those that nobody ends", async () => {
    const page = served({ at: "/test", maxOpen: 2, patience: "50ms" })
    const open = () => ask(page, "POST", "/test")
    const [one, two, three] = await Promise.all([open(), open(), open()])
    expect([one?.status, two?.status, three?.status].sort()).toEqual([200, 200, 429])
    await expect.poll(async () => (await open()).status).toBe(200)
  })

  it("says to the runner what its test left", async () => {
    const page = served({ at: "/test" })
    const token = await (await ask(page, "POST", "/test")).text()
    const { headers } = carriersOf(token)
    const stop = new AbortController()
    const left = tests.allow(token, () => sleep(60_000, null, { signal: stop.signal }))
    const answer = await ask(page, "DELETE", "/test", headers)
    stop.abort()
    await left.catch(() => {})
    expect(answer.status).toBe(409)
    expect(await answer.text()).toMatch(/a timer\n.*allow-tests\.test\.ts/)
  })

  it("refuses bounds that are none", () => {
    for (const bad of [{ maxOpen: Number.NaN }, { maxOpen: 0 }])
      expect(() => allowTests(tests, { at: "/test", ...bad })).toThrow(/maxOpen/)
  })
})

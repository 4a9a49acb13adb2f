import { paths, router } from "@bennu/router"
import { memoryStore, type Rate, type Take } from "@bennu/store"
import { describe, expect, it } from "vitest"
import {
  app,
  type Conn,
  createConn,
  dispatch,
  get,
  type Plug,
  pipeline,
  requestSource,
  scope,
  toResponse,
} from "./index.ts"
import { addressKey, addressOf, rate, rateExceeded, rateLimiter } from "./rate.ts"

const path = paths({ home: "/", crash: "/crash" })

describe("addressKey", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:c000:0201", "192.0.2.1"],
    ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8::1", "2001:db8::/64"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::/64"],
    ["2001:0db8:0000:0000:ffff:ffff:ffff:ffff", "2001:db8::/64"],
    ["2001:db8:0:1::1", "2001:db8:0:1::/64"],
    ["fe80::1%eth0", "fe80::/64"],
    ["::1", "::/64"],
    // not what a socket says: other readers would take them for other addresses
    ["0300.0.2.1", "unknown"],
    ["3221225985", "unknown"],
    ["192.0.2", "unknown"],
    ["2001:db8::1::2", "unknown"],
    ["", "unknown"],
    ["__proto__", "unknown"],
  ])("counts %s as %s", (address, key) => {
    expect(addressKey(address)).toBe(key)
  })
  it("counts those whom nobody can tell together", () => {
    expect(addressKey(null)).toBe("unknown")
  })
})

describe("rateLimiter", () => {
  const clock = { now: 0 }
  const limiter = () =>
    rateLimiter({
      store: memoryStore({ now: () => clock.now }),
      name: "login",
      limit: 2,
      period: "10s",
    })
  it("allows so many in a period, and says how many are left and when to come back", async () => {
    clock.now = 0
    const { take } = limiter()
    const first = await take("a")
    expect(first).toEqual({
      allowed: true,
      retryAfter: 0,
      headers: [
        ["ratelimit-policy", '"login";q=2;w=10'],
        ["ratelimit", '"login";r=1;t=5'],
      ],
    })
    await take("a")
    expect(await take("a")).toEqual({
      allowed: false,
      retryAfter: 5000,
      headers: [
        ["ratelimit-policy", '"login";q=2;w=10'],
        ["ratelimit", '"login";r=0;t=10'],
        ["retry-after", "5"],
      ],
    })
    clock.now = 4999
    expect((await take("a")).headers.at(-1)).toEqual(["retry-after", "1"])
    clock.now = 5000
    expect((await take("a")).allowed).toBe(true)
  })
  it("counts pairs by both of their parts, and never mixes them up", async () => {
    const { take } = limiter()
    for (const key of [["a", "bc"], ["ab", "c"], ["abc"], ['a","bc']]) {
      expect((await take(key, 2)).allowed).toBe(true)
    }
    expect((await take(["a", "bc"])).allowed).toBe(false)
  })
  it("keeps names of any length and kind out of the store", async () => {
    const keys: string[] = []
    const inner = memoryStore()
    const store: Take = {
      take(key: string, rate: Rate) {
        keys.push(key)
        return inner.take(key, rate)
      },
    }
    const { take } = rateLimiter({ store, name: "login", limit: 1, period: "1s" })
    await take(["ada@example.com", "x".repeat(100_000)])
    await take("__proto__")
    for (const key of keys) expect(key).toMatch(/^rate:login:[\w-]{43}$/)
  })
  it("refuses at boot what would never or always allow", () => {
    const store = memoryStore()
    const rate = { store, name: "a", limit: 1, period: "1s" } as const
    expect(() => rateLimiter({ ...rate, limit: 0 })).toThrow(RangeError)
    expect(() => rateLimiter({ ...rate, limit: Number.NaN })).toThrow(RangeError)
    expect(() => rateLimiter({ ...rate, period: 0 })).toThrow(RangeError)
    expect(() => rateLimiter({ ...rate, burst: Number.NaN })).toThrow(RangeError)
    expect(() => rateLimiter({ ...rate, name: 'a"' })).toThrow(TypeError)
    const odd = { ...rate, limt: 1 }
    expect(() => rateLimiter(odd)).toThrow(expect.objectContaining({ code: "ERR_CORE_OPTIONS" }))
  })
})

describe("rate", () => {
  const from = async (
    served: Parameters<typeof dispatch>[0],
    address: string | null,
    url = "/",
  ) => {
    const source = requestSource(new Request(`https://app.example${url}`), {
      remoteAddress: address,
    })
    return toResponse(await dispatch(served, createConn(source), { development: false }))
  }
  it("answers 429 beyond it, each address by itself and a /64 as one", async () => {
    const heard: unknown[] = []
    using _ = rateExceeded.subscribe((exceeded) => heard.push(exceeded))
    const plug = rate({ store: memoryStore(), name: "pages", limit: 1, period: "1h" })
    const served = router(scope("/", plug, [get(path.home, (conn) => conn.text("hi"))]))
    expect((await from(served, "2001:db8::1")).status).toBe(200)
    const refused = await from(served, "2001:db8::2")
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3000)
    expect(refused.headers.get("ratelimit")).toBe('"pages";r=0;t=3600')
    expect((await from(served, "2001:db8:0:1::1")).status).toBe(200)
    expect((await from(served, "192.0.2.1")).status).toBe(200)
    expect((await from(served, "::ffff:192.0.2.1")).status).toBe(429)
    expect(heard).toEqual([
      { name: "pages", method: "GET", path: "/", retryAfter: expect.any(Number) },
      expect.anything(),
    ])
  })
  it("counts by what plugs before it assigned, and lists every rate that holds", async () => {
    const store = memoryStore()
    const user: Plug<{}, { user: string | null }> = (conn, next) =>
      next(conn.assign({ user: conn.header("x-user") }))
    const through = pipeline(
      user,
      rate({ store, name: "all", limit: 10, period: "1m" }),
      rate({
        store,
        name: "user",
        limit: 1,
        period: "1m",
        key: (conn: Conn<{ user: string | null }>) =>
          conn.assigns.user === null ? null : [addressOf(conn), conn.assigns.user],
      }),
    )
    const { fetch } = app(
      router(
        scope("/", through, [
          get(path.home, (conn) => conn.text(conn.assigns.user ?? "")),
          get(path.crash, () => {
            throw new Error("x")
          }),
        ]),
      ),
      { development: false },
    )
    const as = (user: string | null, url = "/") =>
      fetch(
        new Request(`https://app.example${url}`, {
          headers: user === null ? {} : { "x-user": user },
        }),
      )
    const first = await as("ada")
    expect(first.headers.get("ratelimit-policy")).toBe('"user";q=1;w=60, "all";q=10;w=60')
    expect((await as("ada")).status).toBe(429)
    expect((await as("grace")).status).toBe(200)
    expect((await as(null)).status).toBe(200)
    const crashed = await as(null, "/crash")
    expect([crashed.status, crashed.headers.get("ratelimit")]).toEqual([500, '"all";r=5;t=30'])
  })
  it("refuses where the store fails", async () => {
    const store: Take = { take: () => Promise.reject(new Error("down")) }
    const plug = rate({ store, name: "x", limit: 1, period: "1s" })
    const served = router(scope("/", plug, [get(path.home, (conn) => conn.text("hi"))]))
    expect((await from(served, null)).status).toBe(500)
  })
})

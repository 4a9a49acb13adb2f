import { paths, router } from "@bennu/router"
import { type KeyValue, memoryStore } from "@bennu/store"
import fc from "fast-check"
import { beforeEach, describe, expect, it } from "vitest"
import {
  app,
  csrfTokenOf,
  get,
  pipeline,
  post,
  protectFromForgery,
  putFlash,
  scope,
  session,
} from "./index.ts"
import { type KeptSession, type StoreSessionOptions, storeSessions } from "./session.ts"

const secret = "a secret that is long enough for all that it has to keep safe, at least sixty-four"
const newSecret = `new ${secret}`
const secure = { secure: true }
const cookieOf = (setCookie: string | null) => setCookie?.slice(0, setCookie.indexOf(";")) ?? ""
const hour = 3_600_000
/** A store that can do no more than this. */
const plainly = (store: KeyValue): KeyValue => ({
  get: (key) => store.get(key),
  set: (key, value, options) => store.set(key, value, options),
  delete: (key) => store.delete(key),
})

let time = 0
let store = memoryStore({ now: () => time })
const sessions = (options: Partial<StoreSessionOptions> = {}) =>
  storeSessions({ store, secret, now: () => time, ...options })
const opened = (cookie: string | null, options?: Partial<StoreSessionOptions>) =>
  Promise.resolve(sessions(options).open(cookie, secure))
const close = async (session: KeptSession) => session.setCookie()
const begun = async (data: Record<string, unknown> = { user: "ada" }) => {
  const session = await opened(null)
  for (const [key, value] of Object.entries(data)) session.put(key, value)
  return cookieOf(await close(session))
}

beforeEach(() => {
  time = 1_000_000
  store = memoryStore({ now: () => time })
})

describe("storeSessions", () => {
  it("keeps data in the store, and a name that says nothing in the cookie", async () => {
    const session = await opened(null)
    session.put("user", "ada".repeat(5000))
    const setCookie = await close(session)
    expect(setCookie).toMatch(
      /^__Host-session=[\w.-]{30,150}; Path=\/; Max-Age=1209600; Secure; HttpOnly; SameSite=Lax$/,
    )
    const next = await opened(cookieOf(setCookie))
    expect([next.get("user"), next.id]).toEqual(["ada".repeat(5000), session.id])
    expect(await close(next)).toBe(null)
  })
  it("asks the store for nothing without a cookie of ours, and keeps nothing that is not written", async () => {
    const asked: string[] = []
    const counting: KeyValue = {
      ...plainly(store),
      get: (key) => {
        asked.push(key)
        return store.get(key)
      },
    }
    for (const cookie of [
      null,
      "a=b",
      "__Host-session=guess",
      "__Host-session=",
      "__Host-session=a.b.c",
      `session=${(await begun()).slice(15)}`,
    ]) {
      const session = await opened(cookie, { store: counting })
      expect(session.get("user")).toBe(undefined)
      expect(await close(session)).toBe(null)
    }
    expect(asked).toEqual([])
  })
  it("tells a reader of the store no cookie, and makes none of the public id", async () => {
    const keys: string[] = []
    const watching = {
      ...plainly(store),
      async set(key: string, value: Uint8Array) {
        keys.push(key, Buffer.from(value).toString())
        await store.set(key, value)
      },
    }
    const session = await opened(null, { store: watching })
    session.put("a", 1)
    const cookie = cookieOf(await close(session))
    const encoded = cookie.slice(cookie.indexOf("=") + 1).split(".")
    const readable = encoded.map((part) => Buffer.from(part, "base64url").toString()).join(" ")
    const name = /"([\w-]{32})"/.exec(readable)?.[1] ?? ""
    expect(name).toHaveLength(32)
    expect(keys.join()).not.toContain(name)
    expect(readable).not.toContain(session.id)
  })
  it("goes on while secrets rotate, and signs anew while it is in use", async () => {
    const cookie = await begun()
    time += 4 * 24 * hour
    const rotating = await opened(cookie, { secret: [newSecret, secret] })
    expect(rotating.get("user")).toBe("ada")
    const renewed = cookieOf(await close(rotating))
    expect((await opened(renewed, { secret: newSecret })).get("user")).toBe("ada")
    expect((await opened(cookie, { secret: newSecret })).get("user")).toBe(undefined)
  })
  it("ends when it was not used for its time", async () => {
    const cookie = await begun()
    const options = { maxAge: "1h" } as const
    time += hour
    expect((await opened(cookie, options)).get("user")).toBe("ada")
    time += 1
    expect((await opened(cookie, options)).get("user")).toBe(undefined)
  })
  it("goes on while it is used, up to its time altogether", async () => {
    const options = { maxAge: "1h", absolute: "3h" } as const
    const first = await opened(null, options)
    first.put("user", "ada")
    let cookie = cookieOf(await close(first))
    for (let used = 1; used <= 5; used++) {
      time += hour / 2
      const session = await opened(cookie, options)
      expect(session.get("user")).toBe("ada")
      const setCookie = await close(session)
      expect(setCookie).toContain(used <= 4 ? "Max-Age=3600" : "Max-Age=1800")
      cookie = cookieOf(setCookie)
    }
    time += hour / 2 + 1
    expect((await opened(cookie, options)).get("user")).toBe(undefined)
  })
  it("has another name after renew, under which the old one is no more", async () => {
    const cookie = await begun({ user: "ada", _csrf_token: "x" })
    const session = await opened(cookie)
    const { id } = session
    session.renew()
    session.put("admin", true)
    const renewed = cookieOf(await close(session))
    const next = await opened(renewed)
    expect([next.get("user"), next.get("admin"), next.get("_csrf_token")]).toEqual([
      "ada",
      true,
      undefined,
    ])
    expect(next.id).not.toBe(id)
    expect((await opened(cookie)).get("user")).toBe(undefined)
  })
  it("is gone after clear, with its cookie", async () => {
    const cookie = await begun()
    const session = await opened(cookie)
    session.clear()
    expect(await close(session)).toContain("Max-Age=0")
    expect((await opened(cookie)).get("user")).toBe(undefined)
  })
  it("loses nothing of requests that write at once", async () => {
    const cookie = await begun()
    const open = await Promise.all(["a", "b", "c", "d", "e"].map(() => opened(cookie)))
    open.forEach((session, index) => {
      session.put(`key${index}`, index)
    })
    open[0]?.delete("user")
    await Promise.all(open.map(close))
    const after = await opened(cookie)
    expect([0, 1, 2, 3, 4].map((index) => after.get(`key${index}`))).toEqual([0, 1, 2, 3, 4])
    expect(after.get("user")).toBe(undefined)
  })
  it("is not brought back by a request that was on its way when it ended", async () => {
    for (const end of ["clear", "renew"] as const) {
      const cookie = await begun()
      const slow = await opened(cookie)
      const ending = await opened(cookie)
      ending[end]()
      await close(ending)
      slow.put("late", true)
      expect(await close(slow)).toBe(null)
      expect((await opened(cookie)).get("user")).toBe(undefined)
    }
  })
  it("behaves like one table, whatever requests interleave", async () => {
    const operation = fc.record({
      request: fc.nat(3),
      key: fc.constantFrom("a", "b", "__proto__", "constructor"),
      value: fc.option(fc.integer()),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 20 }), async (operations) => {
        const cookie = await begun({ kept: 1 })
        const open = await Promise.all([0, 1, 2, 3].map(() => opened(cookie)))
        const expected = new Map<string, unknown>([["kept", 1]])
        // requests end in their order; each has the last word about what it wrote
        for (const [index, session] of open.entries()) {
          const own = new Map<string, unknown>()
          for (const { request, key, value } of operations) {
            if (request !== index) continue
            if (value !== null) own.set(key, value)
            else if (own.has(key)) own.set(key, undefined)
            if (value === null) session.delete(key)
            else session.put(key, value)
          }
          for (const [key, value] of own) expected.set(key, value)
        }
        for (const session of open) await close(session)
        const after = await opened(cookie)
        for (const [key, value] of expected) expect(after.get(key)).toBe(value)
      }),
      { numRuns: 50 },
    )
  })
  it("keeps what a store without compare-and-set has, with one writer at a time", async () => {
    const plain = plainly(store)
    const first = await opened(null, { store: plain })
    first.put("a", 1)
    const cookie = cookieOf(await close(first))
    const [left, right] = [
      await opened(cookie, { store: plain }),
      await opened(cookie, { store: plain }),
    ]
    left.put("b", 2)
    right.put("c", 3)
    await close(left)
    await close(right)
    const after = await opened(cookie, { store: plain })
    expect([after.get("a"), after.get("b"), after.get("c")]).toEqual([1, 2, 3])
  })
  it("gives up where others write for ever, and takes what nobody could have written for nothing", async () => {
    const cookie = await begun()
    const never = { ...plainly(store), compareAndSet: async () => false }
    const session = await opened(cookie, {
      store: never,
    })
    session.put("a", 1)
    await expect(close(session)).rejects.toMatchObject({ code: "ERR_PLUG_SESSION_CONFLICT" })
    for (const text of ["", "null", "[]", "{}", '{"id":1}', '{"id":"a","at":0,"since":0}']) {
      const odd = { ...plainly(store), get: async () => Buffer.from(text) }
      expect((await opened(cookie, { store: odd })).get("user")).toBe(undefined)
    }
  })
  it("is bounded", async () => {
    const session = await opened(null, { maxBytes: 1000 })
    session.put("text", "x".repeat(1000))
    await expect(close(session)).rejects.toMatchObject({ code: "ERR_PLUG_SESSION_SIZE" })
    expect(() => sessions({ maxBytes: Number.NaN })).toThrow(RangeError)
    expect(() => sessions({ secret: "short" })).toThrow()
    expect(() => sessions({ name: "a b" })).toThrow()
    const odd = { maxAge: "1h", maxAg: "1h" } as const
    expect(() => sessions(odd)).toThrow(expect.objectContaining({ code: "ERR_CORE_OPTIONS" }))
    const one = await opened(null)
    expect(() => one.put("a", undefined)).toThrow(TypeError)
  })
})

describe("session(storeSessions(…))", () => {
  it("is the session that everything else knows", async () => {
    const path = paths({ page: "/", login: "/login" })
    const browser = pipeline(
      session(storeSessions({ store: memoryStore(), secret })),
      protectFromForgery(),
    )
    const { fetch } = app(
      router(
        scope("/", browser, { layout: ({ content }) => content }, [
          get(path.page, (conn) =>
            conn.json({ user: conn.assigns.session.get("user"), token: csrfTokenOf(conn) }),
          ),
          post(path.login, (conn) => {
            conn.assigns.session.renew()
            conn.assigns.session.put("user", "ada")
            putFlash(conn, "info", "Welcome")
            return conn.redirect(path.page())
          }),
        ]),
      ),
    )
    const visit = async (url: string, cookie = "", init: RequestInit = {}) => {
      const response = await fetch(
        new Request(`https://app.example${url}`, {
          ...init,
          headers: { cookie, ...init.headers },
        }),
      )
      return { response, cookie: cookieOf(response.headers.get("set-cookie")) }
    }
    const first = await visit("/")
    const token = String(Object(await first.response.json()).token)
    expect(first.response.headers.get("cache-control")).toBe("private, no-cache")
    const headers = { "x-csrf-token": token }
    expect((await visit("/login", "", { method: "POST", headers })).response.status).toBe(403)
    const login = await visit("/login", first.cookie, { method: "POST", headers })
    expect(login.response.status).toBe(302)
    expect(login.cookie).not.toBe(first.cookie)
    expect(await (await visit("/", login.cookie)).response.json()).toMatchObject({ user: "ada" })
    expect(await (await visit("/", first.cookie)).response.json()).not.toHaveProperty("user")
  })
})

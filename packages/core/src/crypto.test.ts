import { createHmac } from "node:crypto"
import { describe, expect, it } from "vitest"
import { constantTimeEqual, deriveKey, randomToken, sealer, signer } from "./crypto.ts"

const old = "o".repeat(64)
const current = "c".repeat(64)
const invalid = { ok: false, error: { code: "ERR_CORE_TOKEN_INVALID", status: 401 } }
const expired = { ok: false, error: { code: "ERR_CORE_TOKEN_EXPIRED", status: 401 } }

/** What signer and sealer have in common, so that one table of hostile cases serves both. */
const makers = [
  {
    name: "signer",
    make: (...args: Parameters<typeof signer>) => {
      const { sign, verify } = signer(...args)
      return { write: sign, read: verify }
    },
  },
  {
    name: "sealer",
    make: (...args: Parameters<typeof sealer>) => {
      const { seal, open } = sealer(...args)
      return { write: (data: unknown) => seal(data), read: open }
    },
  },
] as const

describe.each(makers)("$name", ({ make }) => {
  const { write, read } = make(current, "test")

  it.each([
    [{ id: 1, name: "Zoë 🏔", list: [null, true, 1.5], deep: { a: {} } }],
    ["text"],
    [""],
    [0],
    [null],
    [[]],
  ])("gives back %j as it was", (data) => {
    expect(read(write(data))).toEqual({ ok: true, value: data })
  })

  it("makes tokens that need no escaping in a URL, a cookie or an attribute", () => {
    expect(write({ text: "?&<>\"';,= \n" })).toMatch(/^[\w.-]+$/)
  })

  it("refuses what JSON cannot say", () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    for (const data of [undefined, () => 1, Symbol("a"), 1n, circle]) {
      expect(() => write(data)).toThrow(TypeError)
    }
  })

  it("refuses a token in which any one character was changed", () => {
    const token = write({ admin: false })
    for (let index = 0; index < token.length; index++) {
      for (const other of ["A", "B", ".", "0"]) {
        if (token[index] === other) continue
        const changed = token.slice(0, index) + other + token.slice(index + 1)
        expect(read(changed), changed).toMatchObject(invalid)
      }
    }
  })

  it("refuses every truncated token", () => {
    const token = write({ admin: false })
    for (let end = 0; end < token.length; end++) {
      expect(read(token.slice(0, end)), `${end}`).toMatchObject(invalid)
      expect(read(token.slice(end + 1)), `-${end}`).toMatchObject(invalid)
    }
  })

  it("has one spelling for each token", () => {
    const token = write({ admin: false })
    for (const other of [`${token}.`, `${token}=`, `${token} `, ` ${token}`, `${token}A`]) {
      expect(read(other)).toMatchObject(invalid)
    }
    expect(read(token.toUpperCase())).toMatchObject(invalid)
  })

  it("refuses a token of another version", () => {
    const [version = "", ...rest] = write(1).split(".")
    for (const other of ["s0", "s2", "e2", "v1", "", version === "s1" ? "e1" : "s1"]) {
      expect(read([other, ...rest].join("."))).toMatchObject(invalid)
    }
  })

  it("refuses a token of another purpose, another secret and another kind", () => {
    expect(read(make(current, "other").write(1))).toMatchObject(invalid)
    expect(read(make(old, "test").write(1))).toMatchObject(invalid)
    for (const { make: other } of makers) {
      if (other !== make) expect(read(other(current, "test").write(1))).toMatchObject(invalid)
    }
  })

  it("refuses a token with a new time", () => {
    const [version, , ...rest] = write(1).split(".")
    expect(read([version, (Date.now() + 1).toString(36), ...rest].join("."))).toMatchObject(invalid)
  })

  it.each([
    undefined,
    null,
    0,
    {},
    [],
    "",
    ".",
    "...",
    "s1...",
    "e1..",
    "s1.a.b.c",
    "e1.a.b",
    "\0",
    "s1.\u{1F3D4}.☃.é",
    ".".repeat(60_000),
    "A".repeat(10_000_000),
  ])("refuses what is no token (%#)", (token) => {
    expect(read(token)).toMatchObject(invalid)
  })

  it("makes and reads no token that is longer than maxLength", () => {
    const long = make(current, "test", { maxLength: 1_000_000 }).write("x".repeat(100_000))
    expect(read(long)).toMatchObject(invalid)
    expect(() => write("x".repeat(100_000))).toThrow(
      expect.objectContaining({ code: "ERR_CORE_TOKEN_SIZE" }),
    )
  })

  it("lets a token grow old, by its own clock and only if asked", () => {
    let now = 1_700_000_000_000
    const aging = make(current, "test", { now: () => now })
    const token = aging.write("a")
    now += 60_000
    expect(aging.read(token, { maxAge: "1m" })).toEqual({ ok: true, value: "a" })
    now += 1
    expect(aging.read(token, { maxAge: "1m" })).toMatchObject(expired)
    expect(aging.read(token)).toEqual({ ok: true, value: "a" })
    expect(aging.read(token, { maxAge: undefined })).toEqual({ ok: true, value: "a" })
  })

  it("accepts a token of a node whose clock is ahead", () => {
    const ahead = make(current, "test", { now: () => 2000 })
    const here = make(current, "test", { now: () => 1000 })
    expect(here.read(ahead.write("a"), { maxAge: "1s" })).toEqual({ ok: true, value: "a" })
  })

  it("says of a forged old token that it is invalid, not that it is old", () => {
    const forged = make(old, "test", { now: () => 0 }).write("a")
    expect(read(forged, { maxAge: "1s" })).toMatchObject(invalid)
  })

  it("rotates secrets: the first makes tokens, all read them, a dropped one no more", () => {
    const before = make(old, "test").write("a")
    const both = make([current, old], "test")
    expect(both.read(before)).toEqual({ ok: true, value: "a" })
    const after = both.write("b")
    expect(read(after)).toEqual({ ok: true, value: "b" })
    expect(make(old, "test").read(after)).toMatchObject(invalid)
    expect(make([current], "test").read(before)).toMatchObject(invalid)
  })

  it("drops a key __proto__, so that no prototype comes of it later", () => {
    const data = JSON.parse('{ "a": 1, "__proto__": { "admin": true }, "b": [{ "__proto__": 1 }] }')
    const result = read(write(data))
    expect(result).toEqual({ ok: true, value: { a: 1, b: [{}] } })
    expect(Object.assign({}, result.ok && result.value)).not.toHaveProperty("admin")
    expect(JSON.stringify(result)).not.toContain("__proto__")
  })

  it("keeps text that only mentions __proto__, and other names of Object.prototype", () => {
    const data = { text: "__proto__", constructor: 1, toString: "x" }
    expect(read(write(data))).toEqual({ ok: true, value: data })
  })

  it("refuses a secret that is missing, short, or short among others", () => {
    for (const secret of ["", "short", "x".repeat(63), [], [current, ""]]) {
      expect(() => make(secret, "test")).toThrow(
        expect.objectContaining({
          code: "ERR_CORE_SECRET",
          hint: expect.stringContaining("node -p"),
        }),
      )
    }
  })
})

describe("signer", () => {
  it("can be read by everyone: it signs, it does not hide", () => {
    const data = signer(current, "test").sign({ a: 1 }).split(".")[2] ?? ""
    expect(JSON.parse(Buffer.from(data, "base64url").toString())).toEqual({ a: 1 })
  })

  it("makes the tokens that its description says", () => {
    const body = `s1.${(1000).toString(36)}.${Buffer.from('{"a":1}').toString("base64url")}`
    const key = deriveKey(current, "sign:test")
    const mac = createHmac("sha256", key).update(body).digest("base64url")
    expect(signer(current, "test", { now: () => 1000 }).sign({ a: 1 })).toBe(`${body}.${mac}`)
  })
})

describe("sealer", () => {
  const { seal, open } = sealer(current, "test")

  it("hides what it seals, and seals the same thing differently each time", () => {
    const token = seal({ password: "hunter2" })
    const bytes = Buffer.from(token.split(".")[2] ?? "", "base64url").toString("latin1")
    expect(bytes).not.toContain("hunter2")
    expect(seal({ password: "hunter2" })).not.toBe(token)
  })

  it("makes a new key now and then, and takes a nonce once", () => {
    const heads = Array.from({ length: 1000 }, () =>
      Buffer.from(seal("state").split(".")[2] ?? "", "base64url").toString("latin1", 0, 28),
    )
    expect(new Set(heads).size).toBe(1000)
    const keys = new Set(heads.map((head) => head.slice(0, 16)))
    expect(keys.size).toBeGreaterThanOrEqual(1000 / 256)
  })

  it("opens what was sealed long ago", () => {
    const token = "e1.rs.5u-tQVjm_4KtepZi0F-416zXYHOcud08pqOjvT7nIvsiVd6lRKM6MzF2hxdhdHBR8VpH"
    const { open } = sealer(current, "test")
    expect(open(token, { aad: "session 1" })).toEqual({ ok: true, value: { a: 1 } })
  })

  it("opens only for what the token belongs to", () => {
    const token = seal("state", "session 1")
    expect(open(token, { aad: "session 1" })).toEqual({ ok: true, value: "state" })
    for (const aad of ["session 2", "session 1 ", "", undefined]) {
      expect(open(token, { aad })).toMatchObject(invalid)
    }
    expect(open(seal("state"), { aad: "session 1" })).toMatchObject(invalid)
  })
})

describe("deriveKey", () => {
  it("gives the same key for the same purpose, and another for another", () => {
    expect(deriveKey(current, "a")).toEqual(deriveKey(current, "a"))
    expect(deriveKey(current, "a")).not.toEqual(deriveKey(current, "b"))
    expect(deriveKey(current, "a")).not.toEqual(deriveKey(old, "a"))
    expect(deriveKey(current, "a")).toHaveLength(32)
    expect(deriveKey(current, "a", 64)).toHaveLength(64)
  })

  it("stays the same for ever: old tokens depend on it", () => {
    expect(Buffer.from(deriveKey(current, "a", 8)).toString("hex")).toBe("41624ac4ba7e39da")
  })
})

describe("constantTimeEqual", () => {
  it("compares text and bytes of any length", () => {
    expect(constantTimeEqual("secret", "secret")).toBe(true)
    expect(constantTimeEqual("secret", Buffer.from("secret"))).toBe(true)
    expect(constantTimeEqual("", "")).toBe(true)
    expect(constantTimeEqual("secret", "Secret")).toBe(false)
    expect(constantTimeEqual("secret", "secret ")).toBe(false)
    expect(constantTimeEqual("secret", "")).toBe(false)
  })
})

describe("randomToken", () => {
  it("is 24 characters for a URL that do not repeat, or as many as asked for", () => {
    const tokens = Array.from({ length: 1000 }, () => randomToken())
    expect(new Set(tokens).size).toBe(1000)
    for (const token of tokens) expect(token).toMatch(/^[\w-]{24}$/)
    expect(randomToken(48)).toHaveLength(64)
  })
})

import { describe, expect, it } from "vitest"
import { secret } from "../fixtures/app.ts"
import { liveTokens, type Tokens } from "./tokens.ts"

const id = "phx-1"
const tokens = liveTokens(secret)
const signed = (by: Tokens): Readonly<Record<string, string>> => ({
  session: by.signSession({ id, view: "/a", session: "main", nonce: "n" }),
  static: by.signStatic(id, { info: "hello" }),
  child: by.signChild({ id, parent: "p" }),
  sticky: by.signSticky({
    id,
    view: "v",
    session: "main",
    target: "/a",
    given: { n: 1 },
    nonce: "n",
    page: "p",
  }),
  root: by.signRoot({ id, target: "/a", nonce: "n", page: "p" }),
  handed: by.signHanded({ id, visitor: "v", address: "/a", values: new Map([["n", 1]]) }),
})
const readers: Readonly<Record<string, (token: unknown, id: string) => unknown>> = {
  session: tokens.readSession,
  static: tokens.readStatic,
  child: tokens.readChild,
  sticky: tokens.readSticky,
  root: tokens.readRoot,
  handed: tokens.readHanded,
}

describe("what a page brings back", () => {
  it("is read as what it was signed as, and as nothing else", () => {
    for (const [kind, token] of Object.entries(signed(tokens))) {
      for (const [other, read] of Object.entries(readers)) {
        if (kind === other) expect(read(token, id)).not.toBeNull()
        else expect(read(token, id)).toBeNull()
      }
    }
  })

  it("belongs to one page, one app and two weeks", () => {
    const old = liveTokens(secret, () => Date.now() - 15 * 24 * 60 * 60 * 1000)
    const others = liveTokens("f".repeat(64))
    for (const [kind, read] of Object.entries(readers)) {
      expect(read(signed(tokens)[kind], "phx-2")).toBeNull()
      expect(read(signed(old)[kind], id)).toBeNull()
      expect(read(signed(others)[kind], id)).toBeNull()
      for (const junk of [undefined, null, 1, {}, [], "", "a.b.c", "__proto__"]) {
        expect(read(junk, id)).toBeNull()
      }
    }
  })

  it("tells a page that was answered just now from an older one", () => {
    const minutesAgo = liveTokens(secret, () => Date.now() - 61_000)
    expect(tokens.isFresh(signed(tokens)["session"])).toBe(true)
    expect(tokens.isFresh(signed(minutesAgo)["session"])).toBe(false)
    expect(tokens.isStill(tokens.signStill())).toBe(true)
    expect(tokens.isStill(signed(tokens)["session"])).toBe(false)
  })
})

describe("the nonce of a page's policy", () => {
  it("comes back with the view, and cannot be read from the token", () => {
    const nonce = "bm9uY2Utb2YtdGhlLXBhZ2U"
    const of = { id, view: "/a", session: "main", target: "/a", page: "p" }
    const claims = { ...of, given: {}, nonce }
    const read: readonly [string, (token: unknown, id: string) => unknown][] = [
      [tokens.signSession(claims), tokens.readSession],
      [tokens.signSticky(claims), tokens.readSticky],
      [tokens.signRoot(claims), tokens.readRoot],
    ]
    for (const [token, by] of read) {
      expect(by(token, id)).toMatchObject({ nonce })
      const shown = token.split(".").map((part) => Buffer.from(part, "base64url").toString())
      expect([token, ...shown].join()).not.toContain(nonce)
    }
  })
})

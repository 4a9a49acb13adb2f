import { describe, expect, it } from "vitest"
import type { KeyValue } from "../key-value.ts"
import { bytes, type OpenStore, text } from "./harness.ts"

/** What every adapter that keeps values must do. Run it against yours. */
export function keyValueContract(name: string, open: OpenStore<KeyValue>): void {
  describe(`${name} as KeyValue`, () => {
    it("gives back the bytes that were set, and null for what never was", async () => {
      await using opened = await open()
      const { store } = opened
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
      await store.set("all", all)
      await store.set("empty", new Uint8Array())
      expect([...((await store.get("all")) ?? [])]).toEqual([...all])
      expect(text(await store.get("empty"))).toBe("")
      expect(await store.get("other")).toBeNull()
    })

    it("replaces a value and deletes one, and deletes what is not there", async () => {
      await using opened = await open()
      const { store } = opened
      await store.set("a", bytes("1"))
      await store.set("a", bytes("2"))
      expect(text(await store.get("a"))).toBe("2")
      await store.delete("a")
      await store.delete("a")
      expect(await store.get("a")).toBeNull()
    })

    it("forgets a value when its ttl is over, and not before", async () => {
      await using opened = await open()
      const { store, advance } = opened
      await store.set("a", bytes("1"), { ttl: "1s" })
      await advance(500)
      expect(text(await store.get("a"))).toBe("1")
      await advance(600)
      expect(await store.get("a")).toBeNull()
    })

    it("replaces the ttl with the value", async () => {
      await using opened = await open()
      const { store, advance } = opened
      await store.set("kept", bytes("1"), { ttl: "1s" })
      await store.set("kept", bytes("2"))
      await store.set("lost", bytes("1"))
      await store.set("lost", bytes("2"), { ttl: "1s" })
      await advance(1100)
      expect(text(await store.get("kept"))).toBe("2")
      expect(await store.get("lost")).toBeNull()
    })

    it("keeps its own bytes: later changes to yours do not show", async () => {
      await using opened = await open()
      const { store } = opened
      const given = Buffer.from("mine")
      await store.set("a", given)
      given.fill(0)
      const got = await store.get("a")
      got?.fill(0)
      expect(text(await store.get("a"))).toBe("mine")
    })

    it("takes any text as a key, names of Object.prototype among them", async () => {
      await using opened = await open()
      const { store } = opened
      const keys = ["__proto__", "constructor", "toString", "", " ", "a:b/c*", "snow ☃ 🏔", "\n\0"]
      for (const key of keys) expect(await store.get(key)).toBeNull()
      for (const key of keys) await store.set(key, bytes(key))
      for (const key of keys) expect(text(await store.get(key))).toBe(key)
    })

    it("refuses a ttl that is not a duration", async () => {
      await using opened = await open()
      const { store } = opened
      const wrong = [Number.NaN, -1, Number.POSITIVE_INFINITY]
      for (const ttl of wrong) {
        await expect(store.set("a", bytes("1"), { ttl })).rejects.toMatchObject({
          code: "ERR_CORE_DURATION",
        })
      }
      expect(await store.get("a")).toBeNull()
    })
  })
}

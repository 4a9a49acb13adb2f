import { describe, expect, it } from "vitest"
import type { CompareAndSet, KeyValue } from "../key-value.ts"
import { bytes, type OpenStore, text } from "./harness.ts"

/** What every adapter that compares and sets must do. Run it against yours. */
export function compareAndSetContract(
  name: string,
  open: OpenStore<CompareAndSet & KeyValue>,
): void {
  describe(`${name} as CompareAndSet`, () => {
    it("sets only what is as expected", async () => {
      await using opened = await open()
      const { store } = opened
      expect(await store.compareAndSet("a", bytes("1"), bytes("2"))).toBe(false)
      expect(await store.compareAndSet("a", null, bytes("1"))).toBe(true)
      expect(await store.compareAndSet("a", null, bytes("2"))).toBe(false)
      expect(await store.compareAndSet("a", bytes("1"), bytes("2"))).toBe(true)
      expect(await store.compareAndSet("a", bytes("1"), bytes("3"))).toBe(false)
      expect(text(await store.get("a"))).toBe("2")
    })

    it("deletes only what is as expected", async () => {
      await using opened = await open()
      const { store } = opened
      await store.set("a", bytes("1"))
      expect(await store.compareAndSet("a", bytes("2"), null)).toBe(false)
      expect(await store.compareAndSet("a", bytes("1"), null)).toBe(true)
      expect(await store.compareAndSet("a", null, null)).toBe(true)
      expect(await store.get("a")).toBeNull()
    })

    it("tells an empty value from none", async () => {
      await using opened = await open()
      const { store } = opened
      await store.set("a", new Uint8Array())
      expect(await store.compareAndSet("a", null, bytes("1"))).toBe(false)
      expect(await store.compareAndSet("a", new Uint8Array(), bytes("1"))).toBe(true)
    })

    it("takes what has expired for nothing, and gives the new value its own ttl", async () => {
      await using opened = await open()
      const { store, advance } = opened
      await store.set("a", bytes("1"), { ttl: "1s" })
      await advance(1100)
      expect(await store.compareAndSet("a", bytes("1"), bytes("2"))).toBe(false)
      expect(await store.compareAndSet("a", null, bytes("2"), { ttl: "1s" })).toBe(true)
      await advance(1100)
      expect(await store.get("a")).toBeNull()
    })

    it("lets one of many win who expect the same", async () => {
      await using opened = await open()
      const { store } = opened
      const tries = Array.from({ length: 20 }, (_, index) =>
        store.compareAndSet("a", null, bytes(String(index))),
      )
      const wins = (await Promise.all(tries)).map((won, index) => (won ? String(index) : null))
      const winners = wins.filter((winner) => winner !== null)
      expect(winners).toEqual([text(await store.get("a"))])
    })
  })
}

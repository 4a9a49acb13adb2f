import { describe, expect, it } from "vitest"
import { contextKey } from "./index.ts"

describe("contextKey", () => {
  const deadline = contextKey<number>("deadline")
  const fields = contextKey<string>("fields")

  it("has a value only inside of run, and the nearest one", () => {
    expect(deadline.get()).toBeUndefined()
    deadline.run(1, () => {
      deadline.run(2, () => expect(deadline.get()).toBe(2))
      expect(deadline.get()).toBe(1)
    })
    expect(deadline.get()).toBeUndefined()
  })

  it("hands on what the work returns or throws", async () => {
    expect(deadline.run(1, () => "a")).toBe("a")
    await expect(deadline.run(1, async () => deadline.get())).resolves.toBe(1)
    expect(() =>
      deadline.run(1, () => {
        throw new RangeError("no")
      }),
    ).toThrow(RangeError)
    expect(deadline.get()).toBeUndefined()
  })

  it("follows work that goes on later, each its own", async () => {
    const later = (value: number) =>
      deadline.run(value, async () => {
        await new Promise((done) => setImmediate(done))
        return deadline.get()
      })
    expect(await Promise.all([later(1), later(2)])).toEqual([1, 2])
  })

  it("keeps keys apart, even of the same name", () => {
    const other = contextKey<number>("deadline")
    deadline.run(1, () =>
      fields.run("a", () => {
        expect([deadline.get(), fields.get(), other.get()]).toEqual([1, "a", undefined])
      }),
    )
  })

  it("takes a value away by running with undefined", () => {
    deadline.run(1, () => deadline.run(undefined, () => expect(deadline.get()).toBeUndefined()))
  })
})

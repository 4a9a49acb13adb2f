import { describe, expect, it } from "vitest"
import { Transaction, whenCommitted } from "./index.ts"

/** Runs work in a transaction of its own, as who brings transactions does. */
async function transaction(work: () => unknown): Promise<void> {
  const one = new Transaction()
  try {
    await one.run(work)
  } catch {
    return one.ended(false)
  }
  one.ended(true)
}
const fail = () => {
  throw new Error("back")
}

describe("whenCommitted", () => {
  it("waits for the end of the transaction around the caller", async () => {
    const heard: string[] = []
    await transaction(async () => {
      whenCommitted(() => heard.push("kept"))
      await null
      heard.push("working")
    })
    expect(heard).toEqual(["working", "kept"])
  })

  it("calls the other one when the transaction is taken back", async () => {
    const heard: string[] = []
    await transaction(() => {
      const lost = () => heard.push("lost")
      whenCommitted(() => heard.push("kept"), lost)
      fail()
    })
    expect(heard).toEqual(["lost"])
  })

  it("waits for the outermost one, and hears when what is around it is taken back", async () => {
    const heard: string[] = []
    await transaction(async () => {
      await transaction(() =>
        whenCommitted(
          () => heard.push("kept"),
          () => heard.push("lost"),
        ),
      )
      expect(heard).toEqual([])
      fail()
    })
    await transaction(async () => {
      await transaction(() => {
        whenCommitted(fail, () => heard.push("only within"))
        fail()
      })
      whenCommitted(() => heard.push("around"))
    })
    expect(heard).toEqual(["lost", "only within", "around"])
  })

  it("calls at once where there is no transaction, or where one is stepped out of", async () => {
    const heard: string[] = []
    whenCommitted(() => heard.push("none"))
    await transaction(() => {
      Transaction.outside(() => whenCommitted(() => heard.push("outside")))
      expect(heard).toEqual(["none", "outside"])
    })
  })
})

import { describe, it } from "vitest"
import { type KeyValue, memoryStore, type Take } from "./index.ts"

const sessions = (store: KeyValue) => store
const limiter = (store: Take) => store

describe("the types of store", () => {
  it("let a store stand in for each of its capabilities, and no capability for another", () => {
    sessions(memoryStore())
    limiter(memoryStore())
    // @ts-expect-error what keeps values need not limit rates
    limiter(sessions(memoryStore()))
  })

  it("hold bytes: how data becomes bytes is the caller's decision", () => {
    // @ts-expect-error text has to be encoded first
    void memoryStore().set("key", "text")
  })

  it("ask for the ttl of a lease: one without could be held for ever", () => {
    // @ts-expect-error a lease ends
    void memoryStore().lease("cron", {})
  })
})

import { Transaction } from "@bennu/core"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { emit, local, openPubSub, topic } from "./index.ts"
import { listenerFailed } from "./telemetry.ts"

const published = topic("published", z.object({ slug: z.string() }))
const open = () => openPubSub({ adapter: local() }).start(AbortSignal.any([]))

describe("emit", () => {
  it("tells once the transaction is committed, and at once where there is none", async () => {
    await using pubsub = await open()
    const heard: string[] = []
    pubsub.subscribe(published, ({ slug }) => heard.push(slug))
    const transaction = new Transaction()
    transaction.run(() => emit(pubsub, published, { slug: "in it" }))
    emit(pubsub, published, { slug: "without" })
    expect(heard).toEqual(["without"])
    transaction.ended(true)
    expect(heard).toEqual(["without", "in it"])
  })

  it("tells nobody of what was taken back", async () => {
    await using pubsub = await open()
    const heard: unknown[] = []
    pubsub.subscribe(published, (message) => heard.push(message))
    const transaction = new Transaction()
    transaction.run(() => emit(pubsub, published, { slug: "gone" }))
    transaction.ended(false)
    expect(heard).toEqual([])
  })

  it("refuses a message that does not fit before anything is committed", async () => {
    await using pubsub = await open()
    const transaction = new Transaction()
    // @ts-expect-error a message has the type of its topic
    const wrong = () => emit(pubsub, published, { slug: 1 })
    expect(() => transaction.run(wrong)).toThrow(
      expect.objectContaining({ code: "ERR_PUBSUB_MESSAGE" }),
    )
  })

  it("reports what could not be sent, since nobody waits for it", async () => {
    const failed: unknown[] = []
    using _ = listenerFailed.subscribe((each) => failed.push(each))
    const pubsub = await open()
    await pubsub[Symbol.asyncDispose]()
    emit(pubsub, published, { slug: "late" })
    await expect.poll(() => failed).toMatchObject([{ topic: "published" }])
  })
})

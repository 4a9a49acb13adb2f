import { err, ok, type Result } from "@bennu/core"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { channel, replyLater } from "../index.ts"
import { channelCrashed } from "../telemetry.ts"
import { openSocket } from "../testing/fixtures.ts"

/** A channel of which the test says what is answered, and when. */
async function open(limits = {}) {
  const asked: PromiseWithResolvers<Result<object, object>>[] = []
  const signals: AbortSignal[] = []
  const Desk = channel({
    events: { ask: z.object({}), now: z.object({ n: z.number() }) },
    limits,
    join: () => ok({}),
    handleEvent: {
      ask: () =>
        replyLater((signal) => {
          const answer = Promise.withResolvers<Result<object, object>>()
          signals.push(signal)
          asked.push(answer)
          return answer.promise
        }),
      now: (_socket, { n }) => ok({ n }),
    },
  })
  const { client } = await openSocket({ desk: Desk })
  return { client, desk: await client.join("desk"), asked, signals }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe("an event that is answered later", () => {
  it("keeps no other waiting, and is answered when the answer is there", async () => {
    const { desk, asked } = await open()
    const [first, second] = [desk.push("ask"), desk.push("ask")]
    await desk.push("now", { n: 1 }).assertReply("ok", { n: 1 })
    asked[1]?.resolve(err({ reason: "closed" }))
    await second.assertReply("error", { reason: "closed" })
    asked[0]?.resolve(ok({ answer: 42 }))
    await first.assertReply("ok", { answer: 42 })
  })

  it("crashes its channel when the work fails, or its answer cannot be sent", async () => {
    for (const settle of [
      (answer?: PromiseWithResolvers<Result<object, object>>) => answer?.reject(new Error("boom")),
      (answer?: PromiseWithResolvers<Result<object, object>>) => answer?.resolve(ok({ big: 1n })),
    ]) {
      const { desk, asked } = await open()
      desk.push("ask")
      settle(asked[0])
      expect(await desk.ended()).toBe("crashed")
    }
  })

  it("is told to stop when its channel ends, which is no crash, and is not answered any more", async () => {
    const crashes: unknown[] = []
    using _reports = channelCrashed.subscribe(({ error }) => crashes.push(error))
    const { client, desk, asked, signals } = await open()
    desk.push("ask")
    desk.push("ask")
    await desk.leave()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
    asked[0]?.reject(signals[0]?.reason)
    asked[1]?.resolve(ok({ too: "late" }))
    await settled()
    expect({ crashes, rest: client.received }).toEqual({ crashes: [], rest: [] })
  })

  it("is refused while a hundred others are worked out, or as many as its limits say", async () => {
    for (const [limits, most] of [
      [{}, 100],
      [{ pendingReplies: 2 }, 2],
    ] as const) {
      const { desk, asked } = await open(limits)
      for (let n = 0; n < most; n++) desk.push("ask")
      await desk.push("ask").assertReply("error", { reason: "too many events" })
      expect(asked).toHaveLength(most)
      asked[0]?.resolve(ok({}))
      await settled()
      desk.push("ask")
      expect(asked).toHaveLength(most + 1)
    }
  })

  it("wants a limit that is one", async () => {
    await expect(open({ pendingReplies: Number.NaN })).rejects.toThrow("pendingReplies")
  })
})

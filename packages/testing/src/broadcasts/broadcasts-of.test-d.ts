import { type PubSub, topic } from "@bennu/pubsub"
import { describe, expectTypeOf, it } from "vitest"
import * as z from "zod"
import { broadcastsOf } from "../index.ts"

declare const pubsub: PubSub
const Change = z.object({ id: z.int(), todo: z.object({ title: z.string() }).optional() })

describe("broadcastsOf", () => {
  it("knows what a topic says", async () => {
    using changes = broadcastsOf(pubsub, topic("todos", Change))
    expectTypeOf(await changes.assertBroadcast()).toEqualTypeOf<z.output<typeof Change>>()
    await changes.assertBroadcast({ todo: {} })
    // @ts-expect-error a field that messages do not have
    await changes.assertBroadcast({ ids: 1 })
    // @ts-expect-error a value of another type
    await changes.refuteBroadcast({ todo: { title: 1 } })
    // @ts-expect-error a field that messages do not have
    await changes.assertBroadcast(({ ids }) => ids === 1)
  })

  it("takes messages of any kind", async () => {
    using counts = broadcastsOf(pubsub, topic("counts", z.union([z.int(), z.literal("none")])))
    await counts.assertBroadcast("none")
    // @ts-expect-error a word that is never said
    await counts.assertBroadcast("some")
  })
})

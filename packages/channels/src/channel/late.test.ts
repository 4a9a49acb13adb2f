import { ok } from "@bennu/core"
import { local, openPresence, openPubSub, topic } from "@bennu/pubsub"
import { describe, expect, it, onTestFinished } from "vitest"
import * as z from "zod"
import { channel, type PresentHere, socket } from "../index.ts"
import { connectSocket } from "../testing.ts"

const news = topic("news", z.string())
const { signal } = new AbortController()

async function open() {
  const pubsub = await openPubSub({ adapter: local() }).start(signal)
  const presence = await openPresence({ pubsub }).start(signal)
  onTestFinished(() => presence.handOver())
  const { promise: goOn, resolve } = Promise.withResolvers<void>()
  const heard: string[] = []
  let subscribed = 0
  const counting = new Proxy(pubsub, {
    get(target, key) {
      if (key !== "subscribe") return Reflect.get(target, key)
      return (...given: Parameters<typeof pubsub.subscribe>) => {
        const subscription = target.subscribe(...given)
        subscribed++
        return {
          topic: subscription.topic,
          [Symbol.dispose]() {
            subscription[Symbol.dispose]()
            subscribed--
          },
        }
      }
    },
  })
  const tracked: PresentHere<object>[] = []
  const Slow = channel({
    metas: z.object({}),
    join: () => ok({}),
    async joined(joined) {
      joined.subscribe(news, (text) => void heard.push(text))
      await goOn
      joined.subscribe(news, (text) => void heard.push(text))
      tracked.push(joined.track("ada", {}))
    },
  })
  const handler = socket({ channels: { slow: Slow }, pubsub: counting, presence })
  const client = await connectSocket(handler)
  await client.join("slow")
  return { client, presence, pubsub, goOn: resolve, tracked, heard, subscribed: () => subscribed }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe("a handler that goes on after its channel has ended", () => {
  it("leaves nobody behind that is present, and nothing that listens", async () => {
    const { client, presence, pubsub, goOn, tracked, heard, subscribed } = await open()
    expect(subscribed()).toBe(1)
    client.disconnect()
    expect(subscribed()).toBe(0)
    goOn()
    await settled()
    expect(tracked).toHaveLength(1)
    expect([...(await presence.list("slow")).keys()]).toEqual([])
    expect(subscribed()).toBe(0)
    await pubsub.broadcast(news, "late")
    expect(heard).toEqual([])
  })
})

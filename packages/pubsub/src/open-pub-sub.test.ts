import { contextKey, type StandardSchemaV1 } from "@bennu/core"
import { describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { type Adapter, local, openPubSub, topic } from "./index.ts"
import { broadcasted, listenerFailed, messageRefused } from "./telemetry.ts"
import { wire } from "./testing/wire.ts"

const news = topic("news", z.object({ title: z.string() }))
const start = (adapter: Adapter = local(), maxBacklog?: number) =>
  openPubSub({ adapter, maxBacklog }).start(new AbortController().signal)

describe("broadcast", () => {
  it("tells every listener of the topic, in the order they subscribed, before it returns", async () => {
    await using pubsub = await start()
    const heard: string[] = []
    pubsub.subscribe(news, ({ title }) => heard.push(`first ${title}`))
    pubsub.subscribe(topic("news", news.message), ({ title }) => heard.push(`second ${title}`))
    pubsub.subscribe(topic("else", news.message), ({ title }) => heard.push(`else ${title}`))
    const sent = pubsub.broadcast(news, { title: "a" })
    expect(heard).toEqual(["first a", "second a"])
    await sent
  })

  it("delivers what the schema made of the message", async () => {
    await using pubsub = await start()
    const loud = topic("loud", z.object({ text: z.string().transform((it) => it.toUpperCase()) }))
    const heard: unknown[] = []
    pubsub.subscribe(loud, (message) => heard.push(message))
    const more = { text: "hey", secret: 1 }
    await pubsub.broadcast(loud, more)
    expect(heard).toEqual([{ text: "HEY" }])
  })

  it("refuses a message that does not fit the topic, and tells nobody", async () => {
    await using pubsub = await start()
    const heard: unknown[] = []
    pubsub.subscribe(news, (message) => heard.push(message))
    // @ts-expect-error a topic's messages have one shape
    await expect(pubsub.broadcast(news, { title: 1 })).rejects.toMatchObject({
      code: "ERR_PUBSUB_MESSAGE",
      topic: "news",
    })
    expect(heard).toEqual([])
  })

  it("does no work when nobody listens", async () => {
    await using pubsub = await start()
    const validate = vi.fn()
    const schema: StandardSchemaV1<unknown, object> = {
      "~standard": { version: 1, vendor: "test", validate },
    }
    await pubsub.broadcast(topic("nobody", schema), {})
    expect(validate).not.toHaveBeenCalled()
  })

  it("refuses a schema that needs a promise", async () => {
    await using pubsub = await start()
    const slow = topic(
      "slow",
      z.string().refine(async () => true),
    )
    pubsub.subscribe(slow, () => {})
    await expect(pubsub.broadcast(slow, "x")).rejects.toMatchObject({
      code: "ERR_PUBSUB_ASYNC_SCHEMA",
    })
  })

  it("from a listener is delivered after everyone has heard what it answers", async () => {
    await using pubsub = await start()
    const heard: string[] = []
    pubsub.subscribe(news, ({ title }) => {
      if (title === "a") void pubsub.broadcast(news, { title: "b" })
      heard.push(`first ${title}`)
    })
    pubsub.subscribe(news, ({ title }) => heard.push(`second ${title}`))
    await pubsub.broadcast(news, { title: "a" })
    expect(heard).toEqual(["first a", "second a", "first b", "second b"])
  })

  it("stops listeners that answer one another for ever", async () => {
    await using pubsub = await start(local(), 100)
    const failures: unknown[] = []
    let heard = 0
    pubsub.subscribe(news, (message) => {
      heard++
      pubsub.broadcast(news, message).catch((error: unknown) => failures.push(error))
    })
    await pubsub.broadcast(news, { title: "a" })
    await expect.poll(() => failures.length).toBeGreaterThan(0)
    expect(heard).toBe(100)
    expect(failures).toEqual([expect.objectContaining({ code: "ERR_PUBSUB_BACKLOG" })])
    await pubsub.broadcast(topic("else", z.string()), "still works")
  })

  it("tells telemetry how many listened", async () => {
    await using pubsub = await start()
    const told: unknown[] = []
    using _reports = broadcasted.subscribe((payload) => told.push(payload))
    pubsub.subscribe(news, () => {})
    await pubsub.broadcast(news, { title: "a" })
    expect(told).toEqual([{ topic: "news", listeners: 1 }])
  })
})

describe("broadcastFrom", () => {
  it("leaves out one listener", async () => {
    await using pubsub = await start()
    const heard: string[] = []
    const mine = pubsub.subscribe(news, () => heard.push("mine"))
    pubsub.subscribe(news, () => heard.push("theirs"))
    await pubsub.broadcastFrom(mine, news, { title: "a" })
    expect(heard).toEqual(["theirs"])
  })

  it("leaves out several listeners", async () => {
    await using pubsub = await start()
    const heard: string[] = []
    const one = pubsub.subscribe(news, () => heard.push("one"))
    pubsub.subscribe(news, () => heard.push("theirs"))
    const two = pubsub.subscribe(news, () => heard.push("two"))
    await pubsub.broadcastFrom([one, two], news, { title: "a" })
    await pubsub.broadcastFrom([], news, { title: "b" })
    expect(heard).toEqual(["theirs", "one", "theirs", "two"])
  })
})

describe("a listener", () => {
  it("that throws, or rejects, is reported and disturbs nobody", async () => {
    await using pubsub = await start()
    const heard: string[] = []
    const failures: unknown[] = []
    using _reports = listenerFailed.subscribe(({ error }) => failures.push(error))
    pubsub.subscribe(news, () => {
      throw new Error("sync")
    })
    pubsub.subscribe(news, async () => {
      throw new Error("async")
    })
    pubsub.subscribe(news, ({ title }) => heard.push(title))
    await pubsub.broadcast(news, { title: "a" })
    await expect.poll(() => failures.length).toBe(2)
    expect(heard).toEqual(["a"])
    expect(failures).toEqual([new Error("sync"), new Error("async")])
  })

  it("hears nothing any more once it is disposed, even of what is being told", async () => {
    await using pubsub = await start()
    const heard: string[] = []
    const subscriptions: Disposable[] = []
    pubsub.subscribe(news, () => subscriptions[0]?.[Symbol.dispose]())
    subscriptions.push(pubsub.subscribe(news, ({ title }) => heard.push(title)))
    await pubsub.broadcast(news, { title: "a" })
    {
      using _subscription = pubsub.subscribe(news, ({ title }) => heard.push(title))
      await pubsub.broadcast(news, { title: "b" })
    }
    await pubsub.broadcast(news, { title: "c" })
    subscriptions[0]?.[Symbol.dispose]()
    expect(heard).toEqual(["b"])
  })

  it("runs in the context of whoever subscribed, not of whoever broadcasts", async () => {
    const transaction = contextKey<string>("transaction")
    await using pubsub = await start()
    const seen: unknown[] = []
    transaction.run("mine", () => pubsub.subscribe(news, () => seen.push(transaction.get())))
    pubsub.subscribe(news, () => seen.push(transaction.get()))
    await transaction.run("theirs", () => pubsub.broadcast(news, { title: "a" }))
    expect(seen).toEqual(["mine", undefined])
  })

  it("may be on a topic that is named like what every object inherits", async () => {
    await using pubsub = await start()
    const heard: string[] = []
    const names = Object.getOwnPropertyNames(Object.prototype)
    for (const name of names) {
      pubsub.subscribe(topic(name, z.string()), (message) => heard.push(message))
    }
    for (const name of names) await pubsub.broadcast(topic(name, z.string()), name)
    expect(heard).toEqual(names)
  })
})

describe("on two nodes", () => {
  async function cluster() {
    const [one, other] = wire()
    return { here: await start(one), there: await start(other) }
  }

  it("listeners of both hear it, once", async () => {
    const { here, there } = await cluster()
    const heard: string[] = []
    here.subscribe(news, ({ title }) => heard.push(`here ${title}`))
    there.subscribe(news, ({ title }) => heard.push(`there ${title}`))
    await here.broadcast(news, { title: "a" })
    expect(heard).toEqual(["here a", "there a"])
  })

  it("a message is checked again where it arrives, by each listener's own schema", async () => {
    const { here, there } = await cluster()
    const heard: unknown[] = []
    const refused: unknown[] = []
    using _reports = messageRefused.subscribe(({ topic }) => refused.push(topic))
    const next = topic("news", z.object({ title: z.string(), author: z.string() }))
    there.subscribe(next, (message) => heard.push(message))
    there.subscribe(next, (message) => heard.push(message))
    there.subscribe(news, (message) => heard.push(message))
    await here.broadcast(news, { title: "a" })
    expect(heard).toEqual([{ title: "a" }])
    expect(refused).toEqual(["news"])
  })

  it("a message that says nothing arrives as well", async () => {
    const { here, there } = await cluster()
    const tick = topic("tick", z.undefined())
    let ticks = 0
    there.subscribe(tick, () => ticks++)
    await here.broadcast(tick, undefined)
    expect(ticks).toBe(1)
  })

  it("what is not JSON is refused and reported", async () => {
    const [raw, adapter] = wire()
    const pubsub = await start(adapter)
    await raw.connect(() => {})
    const heard: unknown[] = []
    const refused: unknown[] = []
    using _reports = messageRefused.subscribe(({ error }) => refused.push(error))
    pubsub.subscribe(news, (message) => heard.push(message))
    await raw.broadcast("t:news", "{")
    await raw.broadcast("unknown kind", "{}")
    await raw.broadcast("", "{}")
    expect(heard).toEqual([])
    expect(refused).toEqual([expect.any(SyntaxError)])
  })
})

describe("the bus", () => {
  it("carries plain text, apart from the topics that have a schema, on all nodes", async () => {
    const [one, other] = wire()
    const [here, there] = [await start(one), await start(other)]
    const heard: string[] = []
    const mine = here.bus.subscribe("news", (text) => heard.push(`mine ${text}`))
    here.bus.subscribe("news", (text) => heard.push(`here ${text}`))
    there.bus.subscribe("news", (text) => heard.push(`there ${text}`))
    here.subscribe(news, () => heard.push("typed"))
    await here.bus.broadcast("news", "a")
    await here.bus.broadcastFrom(mine, "news", "b")
    expect(heard).toEqual(["mine a", "here a", "there a", "here b", "there b"])
  })
})

describe("a stopped pubsub", () => {
  it("delivers nothing any more and says so to whoever still uses it", async () => {
    const [one, other] = wire()
    const [here, there] = [await start(one), await start(other)]
    const heard: string[] = []
    here.subscribe(news, ({ title }) => heard.push(title))
    await here[Symbol.asyncDispose]()
    await there.broadcast(news, { title: "a" })
    expect(heard).toEqual([])
    const stopped = { code: "ERR_PUBSUB_STOPPED" }
    await expect(here.broadcast(news, { title: "b" })).rejects.toMatchObject(stopped)
    await expect(here.bus.broadcast("news", "b")).rejects.toMatchObject(stopped)
    expect(() => here.subscribe(news, () => {})).toThrow("stopped")
    expect(() => here.bus.subscribe("news", () => {})).toThrow("stopped")
  })
})

describe("openPubSub", () => {
  it.each([0, -1, 1.5, Number.NaN])("refuses a backlog of %s", (maxBacklog) => {
    expect(() => openPubSub({ adapter: local(), maxBacklog })).toThrow("maxBacklog")
  })
})

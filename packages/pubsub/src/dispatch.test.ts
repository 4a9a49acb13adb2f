import { contextKey } from "@bennu/core"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { type Adapter, type Hearer, local, openPubSub, topic } from "./index.ts"
import { listenerFailed } from "./telemetry.ts"
import { network } from "./testing/network.ts"
import { wire } from "./testing/wire.ts"

const start = (adapter: Adapter = local()) =>
  openPubSub({ adapter }).start(new AbortController().signal)

interface Reader {
  readonly role: "admin" | "guest"
}
const text = z.object({ text: z.string(), secret: z.boolean() })
type Text = z.output<typeof text>

/** Admins hear everything, guests what is no secret. */
const byRole = (hearers: readonly Hearer<Text, Reader>[], message: Text) => {
  for (const { meta, tell } of hearers) if (meta.role === "admin" || !message.secret) tell(message)
}
const news = () => topic("news", text, { dispatch: byRole })

describe("a topic's own dispatch", () => {
  it("decides who is told, by what each listener said of itself, on all nodes", async () => {
    const [one, other] = wire()
    const [here, there] = [await start(one), await start(other)]
    const heard: string[] = []
    here.subscribe(news(), ({ text }) => heard.push(`guest ${text}`), { role: "guest" })
    here.subscribe(news(), ({ text }) => heard.push(`admin ${text}`), { role: "admin" })
    there.subscribe(news(), ({ text }) => heard.push(`far guest ${text}`), { role: "guest" })
    there.subscribe(news(), ({ text }) => heard.push(`far admin ${text}`), { role: "admin" })
    await here.broadcast(news(), { text: "a", secret: true })
    await here.broadcast(news(), { text: "b", secret: false })
    expect(heard).toEqual([
      ...["admin a", "far admin a"],
      ...["guest b", "admin b", "far guest b", "far admin b"],
    ])
  })

  it("is called once a message, for all who listen, and makes once what many are told", async () => {
    await using pubsub = await start()
    let calls = 0
    let heard = 0
    const counted = topic("counted", z.string(), {
      dispatch(hearers: readonly Hearer<string, number>[], message) {
        calls += 1
        const shared = message.toUpperCase()
        for (const { tell } of hearers) tell(shared)
      },
    })
    for (let at = 0; at < 100; at++) {
      pubsub.subscribe(
        counted,
        (message) => {
          if (message === "LOUD") heard += 1
        },
        at,
      )
    }
    await pubsub.broadcast(counted, "loud")
    expect({ calls, heard }).toEqual({ calls: 1, heard: 100 })
  })

  it("leaves out who is left out, who has left, and who listens without one", async () => {
    await using pubsub = await start()
    const heard: string[] = []
    const admin = { role: "admin" } as const
    const own = pubsub.subscribe(news(), () => heard.push("own"), admin)
    const gone = pubsub.subscribe(news(), () => heard.push("gone"), admin)
    pubsub.subscribe(news(), () => gone[Symbol.dispose](), admin)
    pubsub.subscribe(news(), () => heard.push("guest"), { role: "guest" })
    pubsub.subscribe(topic("news", text), () => heard.push("plain"))
    await pubsub.broadcastFrom(own, news(), { text: "a", secret: true })
    await pubsub.broadcast(news(), { text: "b", secret: true })
    expect(heard).toEqual(["plain", "gone", "plain", "own"])
  })

  it("that throws is reported; others are told, and a listener that throws disturbs nobody", async () => {
    await using pubsub = await start()
    const heard: string[] = []
    const failed: unknown[] = []
    using _reports = listenerFailed.subscribe(({ error }) => failed.push(error))
    const broken = topic("news", text, {
      dispatch: () => {
        throw new Error("dispatch")
      },
    })
    const fail = () => {
      throw new Error("listener")
    }
    pubsub.subscribe(broken, () => heard.push("never"))
    pubsub.subscribe(news(), fail, { role: "admin" })
    pubsub.subscribe(news(), () => heard.push("told"), { role: "admin" })
    await pubsub.broadcast(news(), { text: "a", secret: false })
    expect(heard).toEqual(["told"])
    expect(failed).toEqual([new Error("dispatch"), new Error("listener")])
  })

  it("runs in the context of who listens, not of who broadcasts", async () => {
    await using pubsub = await start()
    const who = contextKey<string>("who")
    const seen: unknown[] = []
    const watched = topic("watched", z.string(), {
      dispatch: (hearers, message) => {
        seen.push(who.get())
        for (const { tell } of hearers) tell(message)
      },
    })
    who.run("subscriber", () => pubsub.subscribe(watched, () => seen.push(who.get())))
    await who.run("sender", () => pubsub.broadcast(watched, "a"))
    expect(seen).toEqual(["subscriber", "subscriber"])
  })
})

describe("directBroadcast", () => {
  it("tells the listeners of one node, its own or another, and nobody else", async () => {
    const nodes = await Promise.all(network(3).adapters.map(start))
    const [a, b, c] = nodes
    if (!a || !b || !c) throw new Error("there are three")
    const heard: string[] = []
    const said = topic("said", z.string())
    for (const [name, node] of Object.entries({ a, b, c }))
      node.subscribe(said, (message) => heard.push(`${name} ${message}`))
    await a.directBroadcast(b.node, said, "to b")
    await a.directBroadcast(a.node, said, "to a")
    await a.directBroadcast("nobody", said, "to nobody")
    expect(heard).toEqual(["b to b", "a to a"])
    expect(new Set(nodes.map(({ node }) => node)).size).toBe(3)
  })

  it("answers who asked", async () => {
    const [one, other] = wire()
    const [here, there] = [await start(one), await start(other)]
    const asked = topic("asked", z.object({ from: z.string() }))
    const answered = topic("answered", z.object({ by: z.string() }))
    const answers: unknown[] = []
    there.subscribe(asked, ({ from }) => there.directBroadcast(from, answered, { by: there.node }))
    here.subscribe(answered, ({ by }) => answers.push(by))
    await here.broadcast(asked, { from: here.node })
    expect(answers).toEqual([there.node])
  })

  it("refuses what does not fit the topic, and is refused when it has stopped", async () => {
    const pubsub = await start()
    const count = topic("count", z.number())
    // @ts-expect-error a topic's messages have one shape
    const wrong = pubsub.directBroadcast("other", count, "1")
    await expect(wrong).rejects.toMatchObject({ code: "ERR_PUBSUB_MESSAGE" })
    await pubsub[Symbol.asyncDispose]()
    for (const node of ["other", pubsub.node])
      await expect(pubsub.directBroadcast(node, count, 1)).rejects.toMatchObject({
        code: "ERR_PUBSUB_STOPPED",
      })
  })
})

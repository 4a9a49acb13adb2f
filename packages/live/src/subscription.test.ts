import { each, html } from "@bennu/html"
import { openPresence, topic } from "@bennu/pubsub"
import { describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { liveView, startPubSub } from "../fixtures/app.ts"
import { after, component, every, liveComponents, on, onPresence } from "./index.ts"
import { mount, type TestView } from "./testing.ts"

const scope = { name: "ada" }

describe("a view that subscribes", () => {
  it("hears its topics, and tells the page of many messages in one frame", async () => {
    const pubsub = await startPubSub()
    const said = topic("said", z.object({ word: z.string() }))
    const rendered = vi.fn()
    const view = liveView({
      public: true,
      events: { mute: {} },
      mount: () => ({ words: [] as string[] }),
      handleEvent: { mute: (socket) => socket.unsubscribe("said") },
      subscribe: (_) => [
        on(said, async (socket, { word }) => socket.update("words", (words) => [...words, word])),
      ],
      render: ({ words }) => {
        rendered()
        return html`${each(
          words,
          (word) => word,
          (word) => html`<i>${word}</i>`,
        )}`
      },
    })
    await using page = await mount(view, { scope, pubsub })
    rendered.mockClear()
    for (const word of ["a", "b", "c"]) await pubsub.broadcast(said, { word })
    await page.settled()
    expect(page.html()).toBe("<i>a</i><i>b</i><i>c</i>")
    expect(rendered).toHaveBeenCalledOnce()
    await page.push("mute")
    await pubsub.broadcast(said, { word: "d" })
    await page.settled()
    expect(page.html()).not.toContain("d")
  })

  it("tells all others, and neither itself nor its components, which know already", async () => {
    const pubsub = await startPubSub()
    const said = topic("said", z.string())
    const Ear = liveComponents<typeof scope>()({
      events: { say: z.object({ word: z.string() }) },
      mount: () => ({ heard: "" }),
      subscribe: (_) => [on(said, (socket, word) => socket.assign({ heard: word }))],
      handleEvent: { say: (socket, { word }) => socket.broadcastFrom(said, word) },
      render: ({ heard }, { say }, { id }) =>
        html`<i id="${id}" phx-click="${say}" phx-value-word="by ear">${heard}</i>`,
    })
    const view = liveView({
      public: true,
      components: [Ear],
      events: { say: z.object({ word: z.string() }), odd: {} },
      mount: () => ({ heard: "" }),
      // an address is handled before anybody is connected, too
      handleParams: (socket) => socket.broadcastFrom(said, "arrived"),
      handleEvent: {
        async say(socket, { word }) {
          await socket.broadcastFrom(said, word)
          return socket.assign({ heard: "said it" })
        },
        // @ts-expect-error the topic carries text
        odd: (socket) => socket.broadcastFrom(said, 1),
      },
      subscribe: (_) => [on(said, (socket, word) => socket.assign({ heard: word }))],
      render: ({ heard }) => html`<b>${heard}</b>${component(Ear, { id: "ear" })}`,
    })
    const shown = (page: TestView) => [page.element("b").text(), page.element("i").text()]
    await using here = await mount(view, { scope, pubsub })
    await using there = await mount(view, { scope, pubsub })
    await here.settled()
    expect(shown(here)).toEqual(["arrived", "arrived"])
    await here.push("say", { word: "hello" })
    await there.settled()
    expect(shown(here)).toEqual(["said it", "arrived"])
    expect(shown(there)).toEqual(["hello", "hello"])
    await there.element("i").click()
    await here.settled()
    expect([shown(here), shown(there)]).toEqual([
      ["by ear", "by ear"],
      ["hello", "hello"],
    ])
    // after it came back it is still itself
    await there.disconnect()
    await there.push("say", { word: "again" })
    await here.settled()
    expect([shown(here), shown(there)]).toEqual([
      ["again", "again"],
      ["said it", "hello"],
    ])
    await expect(here.push("odd")).rejects.toMatchObject({ code: "ERR_PUBSUB_MESSAGE" })
  })

  it("hears who comes and goes, and is present for as long as it lives", async () => {
    const pubsub = await startPubSub()
    await using presence = await openPresence({ pubsub }).start(new AbortController().signal)
    const view = liveView({
      public: true,
      events: { deafen: {} },
      mount: ({ connected, scope, signal }) => {
        if (connected) presence.track("room", scope.name, {}, { signal })
        return { names: [] as string[] }
      },
      handleEvent: { deafen: (socket) => socket.unsubscribe("room") },
      subscribe: (_) => [
        onPresence(presence, "room", async (socket) =>
          socket.assign({ names: [...(await presence.list("room")).keys()] }),
        ),
      ],
      render: ({ names }) => html`${names.join(" ")}`,
    })
    {
      await using page = await mount(view, { scope, pubsub })
      presence.track("room", "bob")
      await page.settled()
      expect(page.html()).toBe("ada bob")
      await page.push("deafen")
      presence.track("room", "eve")
      await page.settled()
      expect(page.html()).toBe("ada bob")
    }
    expect([...(await presence.list("room")).keys()]).toEqual(["bob", "eve"])
  })

  it("works on events and messages in the order in which they came, one at a time", async () => {
    const pubsub = await startPubSub()
    const said = topic("said", z.string())
    const append = async (text: string, word: string) => {
      await new Promise((resolve) => setImmediate(resolve))
      return `${text}${word}`
    }
    const view = liveView({
      public: true,
      events: { say: z.string() },
      mount: () => ({ text: "" }),
      handleEvent: {
        say: async (socket, word) =>
          socket.assign({ text: await append(socket.assigns.text, word) }),
      },
      subscribe: (_) => [
        on(said, async (socket, word) =>
          socket.assign({ text: await append(socket.assigns.text, word) }),
        ),
      ],
      render: ({ text }) => html`${text}`,
    })
    await using page = await mount(view, { scope, pubsub })
    const all = "abcdefghijklmnop".split("")
    await Promise.all(
      all.map((word, index) =>
        index % 3 === 0 ? page.push("say", word) : pubsub.broadcast(said, word),
      ),
    )
    await page.settled()
    expect(page.html()).toBe(all.join(""))
  })

  it("tells itself what it says while it is rendered, and comes to rest", async () => {
    const pubsub = await startPubSub()
    const said = topic("said", z.number())
    const view = liveView({
      public: true,
      events: { start: {} },
      mount: () => ({ n: 0 }),
      handleEvent: { start: (socket) => socket.assign({ n: 1 }) },
      subscribe: (_) => [on(said, (socket, n) => socket.assign({ n }))],
      render: ({ n }) => {
        if (n > 0 && n < 5) void pubsub.broadcast(said, n + 1)
        return html`${n}`
      },
    })
    await using page = await mount(view, { scope, pubsub })
    await page.push("start")
    await page.settled()
    expect(page.html()).toBe("5")
  })

  it("sends nothing when a message changes nothing that is shown", async () => {
    const pubsub = await startPubSub()
    const tick = topic("tick", z.number())
    const view = liveView({
      public: true,
      mount: () => ({ n: 0 }),
      subscribe: (_) => [on(tick, (socket, n) => socket.assign({ n }))],
      render: ({ n }) => html`${n > 10 ? "many" : "few"}`,
    })
    await using page = await mount(view, { scope, pubsub })
    await pubsub.broadcast(tick, 5)
    await page.settled()
    expect(page.frames).toEqual([])
    await pubsub.broadcast(tick, 11)
    await page.settled()
    expect(page.frames).toHaveLength(1)
    expect(page.html()).toBe("many")
  })

  it("acts again and again, and later", async () => {
    const ticked = Promise.withResolvers<void>()
    const view = liveView({
      public: true,
      mount: () => ({ ticks: 0, later: "" }),
      subscribe: (_) => [
        every(
          1,
          (socket) => {
            if (socket.assigns.ticks === 2) ticked.resolve()
            return socket.update("ticks", (ticks) => ticks + 1)
          },
          "tick",
        ),
        after(0, (socket) => socket.assign({ later: "later" })),
      ],
      render: ({ ticks, later }) => html`${ticks > 2 ? "ticked" : ""} ${later}`,
    })
    await using page = await mount(view, { scope })
    await ticked.promise
    await page.settled()
    expect(page.html()).toBe("ticked later")
  })
})

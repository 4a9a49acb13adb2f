import { html } from "@bennu/html"
import { type PubSub, topic } from "@bennu/pubsub"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { liveView, startPubSub } from "../fixtures/app.ts"
import { on } from "./index.ts"
import { mount } from "./testing.ts"

const scope = { name: "ada" }
const counted = topic("counted", z.number())
const unhandled = topic("unhandled", z.number())

/** A view that reads what a topic tells of, while somebody changes it. */
function view(pubsub: PubSub, during: () => Promise<void>, listens = [counted]) {
  return liveView({
    public: true,
    async mount({ listen }) {
      listen(...listens, ...listens)
      await during()
      await pubsub.broadcast(counted, 1)
      return { heard: [] as number[] }
    },
    subscribe: (_) => [
      on(counted, (socket, n) => socket.update("heard", (heard) => [...heard, n])),
    ],
    render: ({ heard }) => html`${heard.join()}`,
  })
}

describe("listen", () => {
  it("keeps what is said while mount reads, for the handlers that come after it, each once", async () => {
    const pubsub = await startPubSub()
    await using page = await mount(
      view(pubsub, () => pubsub.broadcast(counted, 0)),
      { scope, pubsub },
    )
    await pubsub.broadcast(counted, 2)
    await page.settled()
    expect(page.html()).toBe("0,1,2")
  })

  it("is asked for in vain when nobody handles the topic, which development finds", async () => {
    const pubsub = await startPubSub()
    const Listener = view(pubsub, async () => {}, [counted, unhandled])
    await expect(mount(Listener, { scope, pubsub })).rejects.toThrow('listens to "unhandled"')
  })

  it("keeps as many as a mailbox takes, and fails beyond it instead of losing some", async () => {
    const pubsub = await startPubSub()
    const flood = async () => {
      for (let n = 0; n < 1001; n++) await pubsub.broadcast(counted, n)
    }
    await expect(mount(view(pubsub, flood), { scope, pubsub })).rejects.toMatchObject({
      code: "ERR_LIVE_MAILBOX_FULL",
    })
  })

  it("is over when mount fails", async () => {
    const pubsub = await startPubSub()
    let asked = 0
    const counting: PubSub = Object.assign(Object.create(pubsub), {
      subscribe: (...args: Parameters<PubSub["subscribe"]>) => {
        asked++
        const listener = pubsub.subscribe(...args)
        return {
          [Symbol.dispose]() {
            asked--
            listener[Symbol.dispose]()
          },
        }
      },
    })
    const failing = view(pubsub, () => Promise.reject(new Error("no rows")))
    await expect(mount(failing, { scope, pubsub: counting })).rejects.toThrow("no rows")
    expect(asked).toBe(0)
  })
})

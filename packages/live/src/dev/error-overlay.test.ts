import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it, vi } from "vitest"
import { browser, liveView, root, secret, startPubSub } from "../../fixtures/app.ts"
import { get, joinPayload, Wire } from "../../fixtures/wire.ts"
import { errorOverlay, live, liveSocket } from "../index.ts"

const View = liveView({
  public: true,
  events: { fail: {} },
  handleEvent: {
    fail: () => {
      throw new Error("oops")
    },
  },
  render: () => html`<b></b>`,
})
const app = router(scope("/", browser, { layout: root }, [live(paths({ page: "/" }).page, View)]))

/** What a page gets when its view fails. */
async function fail() {
  const handler = liveSocket({ router: app, pubsub: await startPubSub(), secret })
  const page = await get(app, "/")
  const wire = await Wire.open(handler, page)
  const topic = `lv:${page.id}`
  await wire.ask(topic, "phx_join", joinPayload(page, "/"))
  wire.frames.length = 0
  for (let i = 0; i < 24; i++) wire.send(topic, "unknown", { i }, "1")
  wire.send(topic, "event", { type: "click", event: "fail", value: { a: "x".repeat(1000) } }, "1")
  await wire.wait(([, , , event]) => event === "phx_error")
  wire.close()
  return wire.frames.filter(([, , , event]) => event === "diff").map(([, , , , payload]) => payload)
}
afterEach(() => void vi.unstubAllEnvs())

describe("the error overlay", () => {
  it("is told in development why a view crashed, and what its page had sent last", async () => {
    const [report] = await fail()
    const { e } = report as { e: [[string, { message: string; stack: string; events: string[] }]] }
    const [name, { message, stack, events }] = e[0]
    expect([name, message]).toEqual(["bennu:crash", "oops"])
    expect(stack).toContain("error-overlay.test.ts")
    expect(events).toHaveLength(20)
    expect(events[18]).toBe('unknown {"i":23}')
    expect(events[19]?.length).toBeLessThan(310)
    expect(String(errorOverlay({ nonce: "n" }))).toMatch(/^<script nonce="n">/)
  })

  it("is nothing in production, where pages are told nothing", async () => {
    vi.stubEnv("NODE_ENV", "production")
    expect(await fail()).toEqual([])
    expect(String(errorOverlay())).toBe("")
  })
})

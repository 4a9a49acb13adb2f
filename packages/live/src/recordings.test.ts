import { readFileSync } from "node:fs"
import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { browser, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { get, joinPayload, Wire, type WireFrame } from "../fixtures/wire.ts"
import { live, liveSocket } from "./index.ts"

// What a real Phoenix server (LiveView 1.2.10) answered to the same messages of a page.

interface Recording {
  readonly frames: readonly { readonly dir?: "in" | "out"; readonly text?: string }[]
}
type Seen = readonly [dir: "in" | "out", frame: WireFrame]

function recorded(name: string): readonly Seen[] {
  const file = new URL(`../fixtures/transcripts/${name}.json`, import.meta.url)
  // the file is a fixture of this form
  const { frames } = JSON.parse(readFileSync(file, "utf8")) as Recording
  return frames.flatMap(({ dir, text }): Seen[] => (dir && text ? [[dir, JSON.parse(text)]] : []))
}

const path = paths({ counter: "/live/counter", kitchen: "/live/kitchen" })
const Counter = liveView({
  public: true,
  events: { inc: {}, dec: {} },
  mount: () => ({ count: 0 }),
  handleEvent: {
    inc: (socket) => socket.update("count", (count) => count + 1),
    dec: (socket) => socket.update("count", (count) => count - 1),
  },
  render: ({ count }) => html`<h1>Counter</h1>
<button id="dec" phx-click="dec">-</button>
<span id="count">${count}</span>
<button id="inc" phx-click="inc">+</button>`,
})
const Kitchen = liveView({
  public: true,
  events: { redirect: {} },
  handleEvent: { redirect: (socket) => socket.redirect("/table") },
  title: "Kitchen",
  render: () => html`<h1>Kitchen</h1>`,
})
const app = router(
  scope("/", browser, { layout: root }, [live(path.counter, Counter), live(path.kitchen, Kitchen)]),
)
const handler = liveSocket({ router: app, pubsub: await startPubSub(), secret })

/** The same messages, sent to us: what we answered to each, beside what Phoenix did. */
async function replayed(
  name: string,
  at: string,
  change: { csrf?: string; session?: string } = {},
) {
  const page = await get(app, at)
  const wire = await Wire.open(handler, page, change.csrf ?? page.csrf)
  const seen = recorded(name)
  const answers = []
  for (const [dir, [join, ref, topic, event, payload]] of seen) {
    if (dir === "in" || ref === null) continue
    const theirs = seen.find(
      ([way, frame]) => way === "in" && frame[1] === ref && frame[3] === "phx_reply",
    )
    const ours = topic.startsWith("lv:") ? `lv:${page.id}` : topic
    const { session = page.session } = change
    const sent = event === "phx_join" ? joinPayload(page, at, { session }) : payload
    wire.raw(JSON.stringify([join, ref, ours, event, sent]))
    answers.push({ event, ours: await wire.answerTo(ref), theirs: theirs?.[1][4] ?? {} })
  }
  return { answers, wire }
}

const size = (answer: object) => JSON.stringify(answer).length

describe("a page that was recorded with Phoenix", () => {
  it("gets the same answers from us: a counter", async () => {
    const { answers, wire } = await replayed("counter", "/live/counter")
    expect(answers).toHaveLength(6)
    for (const { event, ours, theirs } of answers.slice(1)) {
      expect({ event, answer: ours }).toEqual({ event, answer: theirs })
      expect(size(ours)).toBeLessThanOrEqual(size(theirs))
    }
    const [join] = answers
    expect(join?.ours).toMatchObject({
      status: "ok",
      response: {
        liveview_version: expect.stringMatching(/^1\.2\./),
        rendered: {
          0: "0",
          s: [
            '<h1>Counter</h1>\n<button id="dec" phx-click="dec">-</button>\n<span id="count">',
            '</span>\n<button id="inc" phx-click="inc">+</button>',
          ],
        },
      },
    })
    expect(size(join?.ours ?? {})).toBeLessThanOrEqual(size(join?.theirs ?? {}))
    await wire.wait(([, , , event]) => event === "phx_close")
  })

  it("is sent on in the same way: a redirect as the answer to an event, and then the end", async () => {
    const { answers, wire } = await replayed("redirect", "/live/kitchen")
    expect(answers.at(-1)?.ours).toEqual({ status: "ok", response: { redirect: { to: "/table" } } })
    // the status is optional, and nothing is pushed before it when there is nothing to say
    expect(answers.at(-1)?.theirs).toMatchObject({ response: { redirect: { to: "/table" } } })
    await wire.wait(([, , , event]) => event === "phx_close")
    expect(wire.frames.map(([, , , event]) => event)).toEqual([
      "phx_reply",
      "phx_reply",
      "phx_close",
    ])
  })

  it.each([
    ["bad-session", { session: "s1.forged" }],
    ["bad-csrf", { csrf: "forged" }],
  ])("is refused in the same way: %s", async (name, change) => {
    const { answers } = await replayed(name, "/live/counter", change)
    for (const { event, ours, theirs } of answers) {
      expect({ event, answer: ours }).toEqual({ event, answer: theirs })
    }
    expect(answers[0]?.ours).toEqual({ status: "error", response: { reason: "stale" } })
  })
})

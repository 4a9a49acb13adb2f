import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { memoryStore } from "@bennu/store"
import { afterEach, describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../../fixtures/app.ts"
import { FamilyTab } from "../../fixtures/family-tab.ts"
import { moodyStore } from "../../fixtures/wandering/store.ts"
import { get } from "../../fixtures/wire.ts"
import {
  type LiveSocketOptions,
  live,
  liveRender,
  liveSocket,
  type StashOptions,
  stashRefused,
} from "../index.ts"

const Kid = liveView({
  public: true,
  events: { set: z.object({ n: z.number() }) },
  mount: () => ({ n: 0 }),
  stash: { keys: { n: z.number() }, checkpoints: { n: true } },
  handleEvent: { set: (socket, { n }) => socket.assign({ n }) },
  render: ({ n }) => html`<b>${`[${n}]`}</b>`,
})
const Outer = liveView({
  public: true,
  views: [Kid],
  render: () => html`${liveRender(Kid, { id: "kid" })}`,
})
const path = paths({ outer: "/apart" })
const app = router(scope("/", browser, { layout: root }, [live(path.outer, Outer)]))
const pubsub = await startPubSub()
const stop: (() => unknown)[] = []
afterEach(async () => {
  for (const each of stop.splice(0)) await each()
})

/** One process of the app, with what is peculiar to it. */
function serve(stash: StashOptions, more: Partial<LiveSocketOptions> = {}) {
  const park = { anonymous: "1h" } as const
  const handler = liveSocket({ router: app, pubsub, secret, stash, park, ...more })
  stop.push(() => handler.stop?.())
  return handler
}
type Server = ReturnType<typeof serve>

async function open(server: Server, keeps: boolean, before?: FamilyTab) {
  const cookie = before?.page.cookie ?? ""
  const page = await get(app, "/apart", { cookie })
  const tab = await FamilyTab.open(
    { ...page, cookie: page.cookie || cookie },
    "/apart",
    server,
    keeps,
    before?.stashes,
  )
  stop.push(() => tab.wire.close())
  return tab
}
const minutes = 60_000
const ahead = (by: number) => () => Date.now() + by
const places = [
  ["in a store", false],
  ["in its page", true],
] as const

describe.each(places)("what a page's view keeps %s", (_, keeps) => {
  /** Processes that share what they may. */
  const among = () => {
    const store = keeps ? undefined : memoryStore()
    return (own: StashOptions = {}, more: Partial<LiveSocketOptions> = {}) =>
      serve({ store, interval: 1, ...own }, more)
  }

  it.each([-5, 5])("goes to and fro between clocks that are %s minutes apart", async (by) => {
    const node = among()
    const [one, two] = [node(), node({ now: ahead(by * minutes) })]
    const tab = await open(one, keeps)
    expect(await tab.set(5)).toBe("[5]")
    tab.wire.drop()
    expect(await tab.connect(two)).toBe("[5]")
    expect(await tab.set(6)).toBe("[6]")
    tab.wire.drop()
    expect(await tab.connect(one)).toBe("[6]")
    expect(await tab.set(7)).toBe("[7]")
    // nor do those that do not hear of it at once
    expect(await tab.connect(two)).toBe("[7]")
    expect(await tab.connect(node())).toBe("[7]")
  })

  it("is too old by a clock that is too far ahead, and does not come back after that", async () => {
    const refused: string[] = []
    const listener = stashRefused.subscribe(
      ({ view, reason }) => void (view.startsWith("/apart") && refused.push(reason)),
    )
    stop.push(() => listener[Symbol.dispose]())
    const node = among()
    const one = node()
    const tab = await open(one, keeps)
    expect(await tab.set(5)).toBe("[5]")
    expect(await tab.connect(node({ now: ahead(11 * minutes) }))).toBe("[0]")
    expect(refused).toEqual(["expired"])
    expect(await tab.connect(one)).toBe("[0]")
  })

  it("survives that secrets are replaced, as long as the one before is known", async () => {
    const node = among()
    const newer = "fedcba9876543210".repeat(4)
    const tab = await open(node({}, { secret }), keeps)
    expect(await tab.set(5)).toBe("[5]")
    expect(await tab.connect(node({}, { secret: [newer, secret] }))).toBe("[5]")
    expect(await tab.set(6)).toBe("[6]")
    expect(await tab.connect(node({}, { secret: [newer, secret] }))).toBe("[6]")
    // a process that was not replaced yet cannot read what is newer: it shows nothing, and nothing older
    expect(await tab.connect(node({}, { secret }))).toBe("[0]")
    expect(await tab.set(7)).toBe("[7]")
    expect(await tab.connect(node({}, { secret: [newer, secret] }))).toBe("[7]")
  })
})

describe("a tab that was duplicated with what it carries", () => {
  it("begins with it like the other, and goes its own way", async () => {
    const node = () => serve({ interval: 1, store: memoryStore() })
    const server = node()
    const before = await open(server, true)
    expect(await before.set(5)).toBe("[5]")
    before.wire.drop()
    const [one, two] = [await open(server, true, before), await open(server, true, before)]
    expect([one.first, two.first]).toEqual(["[5]", "[5]"])
    expect(await one.set(6)).toBe("[6]")
    expect(await two.set(7)).toBe("[7]")
    const next = node()
    expect(await one.connect(next)).toBe("[6]")
    expect(await two.connect(next)).toBe("[7]")
  })
})

describe("a server that stops while its store hangs", () => {
  it("does not wait for it longer than it is to", async () => {
    const { store, state } = moodyStore()
    const server = serve({ store, timeout: 20 })
    const tabs = await Promise.all(Array.from({ length: 5 }, () => open(server, false)))
    for (const tab of tabs) expect(await tab.set(5)).toBe("[5]")
    state.mood = "silent"
    await server.drain?.(new AbortController().signal)
    state.mood = "well"
    for (const tab of tabs) expect(await tab.connect(serve({ store }))).toBe("[5]")
  })
})

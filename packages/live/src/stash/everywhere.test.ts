import { html } from "@bennu/html"
import { get as onGet, scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { memoryStore } from "@bennu/store"
import { afterEach, describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { browser, liveView, root, type Scope, secret, startPubSub } from "../../fixtures/app.ts"
import { type DeadPage, get, joinPayload, Wire } from "../../fixtures/wire.ts"
import {
  component,
  DefinitionError,
  live,
  liveComponents,
  liveRender,
  liveSession,
  liveSocket,
  type ParkOptions,
  props,
  type StashKeeping,
  type StashOptions,
  stashRefused,
  viewUnparked,
} from "../index.ts"

const liveComponent = liveComponents<Scope>()
let runs = 0

const Counter = liveView({
  public: true,
  events: { inc: {}, fail: {} },
  mount: ({ restored }) => ({ count: 0, how: restored ? "restored" : "fresh", run: ++runs }),
  stash: { keys: { count: z.number() }, checkpoints: { count: true } },
  handleEvent: {
    inc: (socket) => socket.update("count", (count) => count + 1),
    fail: () => {
      throw new Error("oops")
    },
  },
  render: ({ count, how, run }) => html`<b>${`${count} ${how} run ${run}`}</b>`,
})
const Home = liveView({ public: true, render: () => html`home` })

const Row = liveComponent({
  props: props<{ label: string }>(),
  events: { inc: {}, other: {} },
  mount: ({ restored }) => ({ count: 0, other: 0, how: restored ? "restored" : "fresh" }),
  stash: { name: "row", keys: { count: z.number().max(9) }, checkpoints: { count: true } },
  handleEvent: {
    inc: (socket) => socket.update("count", (count) => count + 1),
    other: (socket) => socket.update("other", (other) => other + 1),
  },
  render: ({ label, count, other, how }) => html`<i>${`${label}: ${count} ${other} ${how}`}</i>`,
})
const Rows = liveView({
  public: true,
  components: [Row],
  events: { more: {} },
  mount: ({ restored }) => ({ rows: ["a", "b"], how: restored ? "restored" : "fresh" }),
  stash: { keys: { rows: z.array(z.string()) } },
  handleEvent: { more: (socket) => socket.update("rows", (rows) => [...rows, "c"]) },
  render: ({ rows, how }) =>
    html`<p>${how} rows</p>${rows.map((id) => component(Row, { id, label: id }))}`,
})
/** It keeps nothing itself, and shows its component late. */
const Late = liveView({
  public: true,
  components: [Row],
  events: { show: {} },
  mount: () => ({ shown: false }),
  handleEvent: { show: (socket) => socket.assign({ shown: true }) },
  render: ({ shown }) => html`<p>${shown ? component(Row, { id: "late", label: "late" }) : ""}</p>`,
})

const path = paths({ home: "/", report: "/report", rows: "/rows", late: "/late" })
const app = router(
  scope("/", browser, { layout: root }, [
    liveSession(
      "main",
      {
        views: [Counter],
        layout: ({ content }) =>
          html`<nav>${liveRender(Counter, { id: "player", sticky: true })}</nav>${content}`,
      },
      [live(path.home, Home)],
    ),
    live(path.rows, Rows),
    live(path.late, Late),
    onGet(path.report, async (conn) =>
      conn.page({
        title: "Report",
        content: await liveRender(conn, Counter, { id: "report", secret }),
      }),
    ),
  ]),
)
const pubsub = await startPubSub()
const stop: (() => unknown)[] = []
afterEach(async () => {
  for (const each of stop.splice(0)) await each()
})

function serve(stash: StashOptions | StashKeeping, park: ParkOptions | false = false) {
  const handler = liveSocket({ router: app, pubsub, secret, stash, park })
  stop.push(() => handler.stop?.())
  return handler
}
type Server = ReturnType<typeof serve>

// views of other files may still have something to say: they run in the same process, one file after another
const theirs = /^\/($|counter|twin|outer|visited)/
const refusals = (reasons: string[]) =>
  stashRefused.subscribe(({ view, reason }) => {
    if (!theirs.test(view)) reasons.push(reason)
  })

/** One view of a page, by the id of its element. */
class Part {
  shown = ""
  kept: unknown = null
  wire!: Wire
  joins = 0
  readonly id: string
  readonly page: DeadPage
  readonly #at: string
  readonly #keeps: boolean

  constructor(page: DeadPage, id: string, at: string, keeps: boolean) {
    this.page = page
    this.id = id || page.id
    this.#at = at
    this.#keeps = keeps
  }

  static async open(server: Server, at: string, { id = "", keeps = false, cookie = "" } = {}) {
    const page = await get(app, at, { cookie })
    const part = new Part(cookie ? { ...page, cookie } : page, id, at, keeps)
    await part.join(server)
    return part
  }

  get topic(): string {
    return `lv:${this.id}`
  }

  /** The session of its element, as the page was answered. */
  get session(): string {
    const element = this.page.html.slice(this.page.html.indexOf(`id="${this.id}"`))
    return /data-phx-session="([^"]*)"/.exec(element)?.[1] ?? ""
  }

  async join(server: Server): Promise<string> {
    const wire = await Wire.open(server, this.page)
    stop.push(() => wire.close())
    this.wire = wire
    const params = {
      ...{ _csrf_token: this.page.csrf, _mounts: this.joins, _mount_attempts: 0 },
      ...(this.#keeps && { _stash: this.kept }),
    }
    const own = this.id === this.page.id ? {} : { url: undefined, static: null }
    const more = { params, session: this.session, ...own }
    const answer = await this.wire.ask(
      this.topic,
      "phx_join",
      joinPayload(this.page, this.#at, more),
      "1",
    )
    this.joins++
    this.shown = JSON.stringify(answer)
    this.#hear()
    return this.shown
  }

  async push(event: string, cid?: number): Promise<string> {
    const payload = { type: "click", event, value: {}, ...(cid && { cid }) }
    const answer = await this.wire.ask(this.topic, "event", payload, "1")
    this.#hear()
    return JSON.stringify(answer)
  }

  lost(server: Server): Promise<string> {
    this.wire.drop()
    return this.join(server)
  }

  #hear(): void {
    for (const frame of this.wire.frames) {
      const found = /"bennu:stash",\{"id":"[^"]+","stash":"([^"]+)"/.exec(JSON.stringify(frame))
      if (found) this.kept = found[1]
    }
  }
}

const alone = [
  { what: "a sticky view", at: "/", id: "player" },
  { what: "a view in a controller's page", at: "/report", id: "report" },
]

describe.each(alone)("$what", ({ at, id }) => {
  it("is parked while its page is away", async () => {
    const server = serve({}, {})
    const part = await Part.open(server, at, { id })
    await part.push("inc")
    const run = runs
    expect(await part.lost(server)).toContain(`1 fresh run ${run}`)
    await part.push("inc")
    expect(await part.lost(server)).toContain(`2 fresh run ${run}`)
  })

  it("is found by its own page only: others of its name mount theirs", async () => {
    const server = serve({}, {})
    const part = await Part.open(server, at, { id })
    await part.push("inc")
    part.wire.drop()
    const other = await Part.open(server, at, { id, cookie: part.page.cookie })
    expect(other.shown).toContain("0 fresh")
    expect(await other.lost(server)).toContain("0 fresh")
    expect(await part.join(server)).toContain("1 fresh")
  })

  it("has its stash in the store", async () => {
    const store = memoryStore()
    const part = await Part.open(serve(store), at, { id })
    await part.push("inc")
    const other = await Part.open(serve(store), at, { id, cookie: part.page.cookie })
    expect(await other.lost(serve(store))).toContain("0 restored")
    expect(await part.lost(serve(store))).toContain("1 restored")
  })

  it("has its stash in its page, which brings no other's", async () => {
    const reasons: string[] = []
    const listener = refusals(reasons)
    stop.push(() => listener[Symbol.dispose]())
    const part = await Part.open(serve({}), at, { id, keeps: true })
    await part.push("inc")
    expect(await part.lost(serve({}))).toContain("1 restored")
    const other = await Part.open(serve({}), at, { id, keeps: true, cookie: part.page.cookie })
    other.kept = part.kept
    expect(await other.lost(serve({}))).toContain("0 fresh")
    const eve = await Part.open(serve({}), at, { id, keeps: true })
    eve.kept = part.kept
    expect(await eve.lost(serve({}))).toContain("0 fresh")
    expect(reasons).toEqual(["misplaced", "forged"])
  })

  it("is not restored from what it crashed with", async () => {
    const server = serve({})
    const part = await Part.open(server, at, { id, keeps: true })
    await part.push("inc")
    part.wire.send(part.topic, "event", { type: "click", event: "fail", value: {} }, "1")
    await part.wire.wait(([, , , event]) => event === "phx_error")
    expect(await part.join(server)).toContain("0 fresh")
  })
})

describe("a live component", () => {
  it("is parked with its view", async () => {
    const server = serve({}, {})
    const page = await Part.open(server, "/rows")
    await page.push("inc", 2)
    await page.push("other", 2)
    const shown = await page.lost(server)
    expect(shown).toContain("a: 0 0 fresh")
    expect(shown).toContain("b: 1 1 fresh")
  })

  for (const keeps of [true, false]) {
    const where = keeps ? "where its page keeps it" : "in the store"
    it(`has what it declared back with its view, ${where}`, async () => {
      const store = memoryStore()
      const node = () => serve(keeps ? {} : store)
      const page = await Part.open(node(), "/rows", { keeps })
      await page.push("more")
      await page.push("other", 2)
      await page.push("inc", 3)
      await page.push("inc", 2)
      await page.push("inc", 2)
      // no drop was noticed: the process is gone
      const shown = await page.join(node())
      expect(shown).toContain(`"0":"restored"`)
      for (const row of ["a: 0 0 restored", "b: 2 0 restored", "c: 1 0 restored"]) {
        expect(shown).toContain(row)
      }
      await page.push("inc", 1)
      expect(await page.join(node())).toContain("a: 1 0 restored")
    })
  }

  it("has it back when it comes to stand there again, and is kept until then", async () => {
    const store = memoryStore()
    const page = await Part.open(serve(store), "/late")
    await page.push("show")
    await page.push("inc", 1)
    expect(await page.join(serve(store))).not.toContain("late: ")
    expect(await page.lost(serve(store))).not.toContain("late: ")
    expect(await page.push("show")).toContain("late: 1 0 restored")
    await page.wire.ask(page.topic, "cids_will_destroy", { cids: [1] }, "1")
    // once it was there it is as any other: gone when it goes
    await page.push("inc", 1)
    await page.lost(serve(store))
    expect(await page.push("show")).toContain("late: 2 0 restored")
  })

  it("that does not fit its schema any more starts afresh, and the others do not", async () => {
    const reasons: string[] = []
    const listener = refusals(reasons)
    stop.push(() => listener[Symbol.dispose]())
    const store = memoryStore()
    const page = await Part.open(serve(store), "/rows")
    for (let times = 0; times < 10; times++) await page.push("inc", 1)
    await page.push("inc", 2)
    const shown = await page.join(serve(store))
    expect(shown).toContain("a: 0 0 fresh")
    expect(shown).toContain("b: 1 0 restored")
    expect(reasons).toEqual(["invalid"])
  })

  it("has a name of its own among those of its view", () => {
    const Twin = liveComponent({
      mount: () => ({ n: 0 }),
      stash: { name: "row", keys: { n: z.number() } },
      render: ({ n }) => html`<u>${n}</u>`,
    })
    const both = () => liveView({ public: true, components: [Row, Twin], render: () => html`both` })
    expect(both).toThrow(DefinitionError)
    expect(both).toThrow('named "row"')
  })
})

describe("views that wait", () => {
  it("are told apart where two pages of one session show the same sticky view", async () => {
    const ended: string[] = []
    const listener = viewUnparked.subscribe(({ reason }) => ended.push(reason))
    stop.push(() => listener[Symbol.dispose]())
    const server = serve({}, { anonymous: "1h" })
    const one = await Part.open(server, "/", { id: "player" })
    const two = await Part.open(server, "/", { id: "player", cookie: one.page.cookie })
    await one.push("inc")
    for (let times = 0; times < 2; times++) await two.push("inc")
    one.wire.drop()
    two.wire.drop()
    await vi.waitFor(() => Promise.resolve())
    expect(await two.join(server)).toContain("2 fresh")
    expect(await one.join(server)).toContain("1 fresh")
    expect(ended).toEqual([])
  })
})

describe("stashes that are not for whoever brings them", () => {
  it("are refused and counted, each for its reason, and a witness notices nothing", async () => {
    const reasons: string[] = []
    const listener = refusals(reasons)
    stop.push(() => listener[Symbol.dispose]())
    let now = Date.now()
    const store = memoryStore()
    const node = () => serve({ store, now: () => ++now })
    const server = node()
    const witness = await Part.open(server, "/report", { id: "report", keeps: true })
    await witness.push("inc")
    const { kept: older } = witness
    await witness.push("inc")
    const { kept } = witness
    // each has their own in the store, and is given that
    const attempts: readonly (readonly [string, unknown, string])[] = [
      ["another session's", kept, "forged"],
      ["one that nobody sealed", `1:${"A".repeat(200)}`, "forged"],
      [
        "one that was changed",
        // not its last letter, of which some bits say nothing
        String(kept).replace(/.(?=.{40}$)/, (letter) => (letter === "A" ? "B" : "A")),
        "forged",
      ],
      ["one of another version", `2${String(kept).slice(1)}`, "forged"],
      ["one that is too large", `1:${"A".repeat(60_000)}`, "forged"],
    ]
    for (const [, stash] of attempts) {
      const eve = await Part.open(server, "/report", { id: "report", keeps: true })
      eve.kept = stash
      expect(await eve.lost(server)).toContain("0 restored")
    }
    expect(reasons.splice(0)).toEqual(attempts.map(([, , reason]) => reason))
    // in another page of the same session, and in another view of it
    const other = await Part.open(server, "/report", {
      ...{ id: "report", keeps: true, cookie: witness.page.cookie },
    })
    other.kept = kept
    expect(await other.lost(server)).toContain("0 restored")
    const player = await Part.open(server, "/", {
      ...{ id: "player", keeps: true, cookie: witness.page.cookie },
    })
    player.kept = kept
    expect(await player.lost(server)).toContain("0 restored")
    expect(reasons.splice(0)).toEqual(["misplaced", "forged"])
    // who replays an older one of their own is given the newest that the store has
    witness.kept = older
    expect(await witness.lost(node())).toContain("2 restored")
    await witness.push("inc")
    expect(await witness.lost(node())).toContain("3 restored")
    expect(reasons).toEqual([])
  })
})

import { env } from "node:process"
import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { memoryStore } from "@bennu/store"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../../fixtures/app.ts"
import { below, chanceOf, pick } from "../../fixtures/random/chance.ts"
import { nothingFound, WanderingPage } from "../../fixtures/wandering/page.ts"
import { forgetfulStore, type Mood, moodyStore } from "../../fixtures/wandering/store.ts"
import { get } from "../../fixtures/wire.ts"
import { live, liveSocket, type StashKeeping } from "../index.ts"

// How many pages go their way: some here, more by the variable.
const ways = Number(env["BENNU_WAYS"] ?? 10)
const MAX_BYTES = 500

let runs = 0
const View = liveView({
  public: true,
  events: { set: z.object({ n: z.number() }), note: z.object({ text: z.string() }) },
  mount() {
    const run = ++runs
    return { n: 0, text: "", run, began: run }
  },
  stash: {
    keys: { n: z.number(), text: z.string(), began: z.number() },
    checkpoints: { n: true },
  },
  handleEvent: {
    set: (socket, { n }) => socket.assign({ n }),
    note: (socket, { text }) => socket.assign({ text }),
  },
  render: ({ n, run, began, text }) => html`<b>${text.length}</b>${`[${n} ${run} ${began}]`}`,
})
const Elsewhere = liveView({ public: true, render: () => html`elsewhere` })
const path = paths({ home: "/", elsewhere: "/elsewhere" })
const app = router(
  scope("/", browser, { layout: root }, [live(path.home, View), live(path.elsewhere, Elsewhere)]),
)
const pubsub = await startPubSub()

type Found = WanderingPage["found"]
interface World {
  readonly store: StashKeeping | undefined
  /** Whether the page keeps its own. */
  readonly keeps: boolean
  /** What the store may do. */
  readonly moods: readonly Mood[]
  readonly mood: (mood: Mood) => void
  /** Notes that are too large may be written. */
  readonly large: boolean
  readonly parks: boolean
}

/** A page's way through servers that come and go. */
async function wander(seed: number, steps: number, world: World) {
  const chance = chanceOf(seed)
  const { store, keeps, moods, large, parks } = world
  const serve = () =>
    liveSocket({
      ...{ router: app, pubsub, secret },
      park: parks && { anonymous: "1h", perSession: 100 },
      stash: {
        store,
        browser: keeps,
        timeout: moods.length > 1 ? 4 : "5s",
        interval: 1,
        maxBytes: MAX_BYTES,
      },
      limits: { idle: "1h" },
    })
  const servers = [serve(), serve(), serve()]
  const all = [...servers]
  const dead = await get(app, "/")
  const page = new WanderingPage(dead, keeps, (cookie) => get(app, "/", { cookie }))
  const abandoned: ReturnType<typeof page.abandon>[] = []
  let at = 0
  let n = 0
  const heard = () => chance() < 0.85
  try {
    for (let step = 0; step < steps; step++) {
      if (!page.isConnected) {
        if (chance() < 0.6) at = below(chance, servers.length)
        const server = servers[at]
        page.history.push(`at ${at}`)
        if (server) await page.join(server, heard())
        continue
      }
      const what = below(chance, 21)
      page.history.push(`${what}`)
      if (what < 8) await page.set(++n, heard())
      else if (what < 11) {
        await page.note("x".repeat(below(chance, large ? 2 * MAX_BYTES : MAX_BYTES / 4)), heard())
      } else if (what < 14) page.drop()
      else if (what < 15) abandoned.push(page.abandon())
      else if (what < 16) abandoned.shift()?.drop()
      else if (what < 17) {
        // killed, or out of everybody's reach: it goes on for itself
        servers[at] = serve()
        all.push(servers[at] ?? serve())
        abandoned.push(page.abandon())
      } else if (what < 18) {
        await servers[at]?.drain?.(AbortSignal.timeout(10_000))
        servers[at] = serve()
        all.push(servers[at] ?? serve())
        page.drop()
      } else if (what < 20) {
        const goodbye = chance() < 0.7
        if (!goodbye) at = below(chance, servers.length)
        const server = servers[at]
        page.history.push(`goes away and back at ${at}, ${goodbye}`)
        if (!server) continue
        await page.visit(server, goodbye)
        await page.join(server, heard())
      } else {
        const mood = pick(chance, moods)
        page.history.push(mood)
        world.mood(mood)
      }
    }
  } finally {
    page.drop()
    for (const wire of abandoned) wire?.drop()
    await Promise.all(all.map((server) => server.stop?.()))
  }
  return page.found
}

/** @param enough Whether what was to be met was met: if not, more go. @returns How all pages together fared. */
async function wanderAll(worldOf: () => World, enough: (found: Found) => boolean = () => true) {
  const sum = nothingFound()
  const one = fc.asyncProperty(
    fc.integer(),
    fc.integer({ min: 5, max: 40 }),
    async (seed, steps) => {
      const found = await wander(seed, steps, worldOf())
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += found[key]
    },
  )
  do {
    await fc.assert(one, { numRuns: ways })
  } while (!enough(sum))
  return sum
}

const calm = { moods: ["well"], mood: () => {}, large: false } as const
function troubled() {
  const { store, state } = moodyStore()
  const moods = ["well", "well", "down", "silent", "mute"] as const
  const mood = (next: Mood) => {
    state.mood = next
  }
  return { store, moods, large: true, mood }
}

describe("a page that goes from server to server", () => {
  const patience = 60_000 + 1_000 * ways

  for (const parks of [true, false]) {
    const where = parks ? "with views that wait" : "without views that wait"
    it(
      `is never shown anything older than a checkpoint that it was told of, whatever its store does, ${where}`,
      async () => {
        const met = ({ refused, loaded }: Found) => refused > 0 && loaded > 0
        const found = await wanderAll(() => ({ ...troubled(), keeps: false, parks }), met)
        expect(found.restored).toBeGreaterThan(ways / 10)
      },
      patience,
    )

    it(
      `nor where it keeps a stash of its own beside that, ${where}`,
      async () => {
        const found = await wanderAll(() => ({ ...troubled(), keeps: true, parks }))
        expect(found.restored).toBeGreaterThan(ways / 10)
      },
      patience,
    )

    it(
      `and loses nothing where its store answers, ${where}`,
      async () => {
        const found = await wanderAll(() => ({
          ...calm,
          store: memoryStore(),
          keeps: false,
          parks,
        }))
        expect(found.lost).toBe(0)
        expect(found.restored).toBeGreaterThan(ways / 10)
      },
      patience,
    )

    it(
      `nor where it keeps its stash itself, ${where}`,
      async () => {
        const found = await wanderAll(() => ({ ...calm, store: undefined, keeps: true, parks }))
        expect(found.lost).toBe(0)
        expect(found.restored).toBeGreaterThan(ways / 10)
      },
      patience,
    )
  }

  it(
    "goes back with a store that forgets what was written, which is seen",
    async () => {
      const world = () => ({ ...calm, store: forgetfulStore(), keeps: false, parks: false })
      await expect(wanderAll(world, () => false)).rejects.toThrow("Property failed")
    },
    patience,
  )
})

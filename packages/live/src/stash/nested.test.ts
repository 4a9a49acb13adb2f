import { env } from "node:process"
import fc from "fast-check"
import { afterEach, describe, expect, it } from "vitest"
import { secret, startPubSub } from "../../fixtures/app.ts"
import { family, said } from "../../fixtures/family.ts"
import { FamilyTab } from "../../fixtures/family-tab.ts"
import { below, chanceOf, pick } from "../../fixtures/random/chance.ts"
import { type Mood, moodyStore } from "../../fixtures/wandering/store.ts"
import { get, until } from "../../fixtures/wire.ts"
import { liveSocket, type ParkOptions, type StashKeeping } from "../index.ts"

// How many pages go their way: some here, more by the variable.
const ways = Number(env["BENNU_WAYS"] ?? 10)
const pubsub = await startPubSub()

const stop: (() => unknown)[] = []
afterEach(async () => {
  for (const each of stop.splice(0)) await each()
})
// it is always time for another stash
let clock = Date.now()
/** One process of the app. */
function serve(store: StashKeeping | undefined, park: ParkOptions | false = { anonymous: "1h" }) {
  const stash = { store, timeout: 20, interval: 5, now: () => (clock += 5) }
  const handler = liveSocket({ router: family, pubsub, secret, stash, park })
  stop.push(() => handler.stop?.())
  return handler
}
type Server = ReturnType<typeof serve>

async function open(server: Server, keeps = false) {
  const tab = await FamilyTab.open(await get(family, "/around"), "/around", server, keeps)
  stop.push(() => tab.wire.close())
  return tab
}

const broken = (mood: Mood) => {
  const { store, state } = moodyStore()
  const turn = (next: Mood) => () => {
    state.mood = next
  }
  return { store, fail: turn(mood), heal: turn("well") }
}
const troubles: readonly Mood[] = ["down", "silent", "mute"]

describe("a view in a view that is closed and opened again", () => {
  it.each([false, true])("begins anew, where the page keeps its stash: %s", async (keeps) => {
    const { store } = moodyStore()
    const tab = await open(serve(keeps ? undefined : store), keeps)
    expect(await tab.set(5)).toBe("[5]")
    expect(await tab.toggle()).toBeNull()
    expect(await tab.toggle()).toBe("[0]")
    expect(await tab.connect(serve(keeps ? undefined : store))).toBe("[0]")
  })

  it("keeps what it heard before anybody did something in it", async () => {
    const { store } = moodyStore()
    const one = serve(store)
    const tab = await open(one)
    expect(await tab.set(5)).toBe("[5]")
    await tab.toggle()
    expect(await tab.toggle()).toBe("[0]")
    await pubsub.broadcast(said, 8)
    await tab.wire.wait((frame) => JSON.stringify(frame).includes("[8]"))
    expect(await tab.connect(serve(store))).toBe("[8]")
  })
})

describe.each(troubles)("a view in a view that is closed while its store is %s", (mood) => {
  it("begins anew when it is opened again, and is never shown what it had, wherever its page goes", async () => {
    const { store, fail, heal } = broken(mood)
    const tab = await open(serve(store))
    expect(await tab.set(5)).toBe("[5]")
    fail()
    expect(await tab.toggle()).toBeNull()
    expect(await tab.toggle()).toBe("[0]")
    expect(await tab.set(1)).toBe("[1]")
    heal()
    expect(await tab.connect(serve(store))).not.toBe("[5]")
  })

  it("is put away as soon as that answers, so that no other process finds it", async () => {
    const { store, fail, heal } = broken(mood)
    const tab = await open(serve(store))
    expect(await tab.set(5)).toBe("[5]")
    fail()
    expect(await tab.toggle()).toBeNull()
    heal()
    await until(async () => {
      const entry = await store.get(`bennu.live.stash:${tab.page.id} kid`)
      expect(JSON.parse(Buffer.from(entry ?? []).toString())).toEqual([
        ...[0, expect.any(Number), expect.any(Number), null],
      ])
    })
    const shown = await tab.connect(serve(store))
    expect(tab.hasKid ? shown : await tab.toggle()).toBe("[0]")
  })

  it("nor where nobody did anything in it", async () => {
    const { store, fail, heal } = broken(mood)
    const tab = await open(serve(store))
    expect(await tab.set(5)).toBe("[5]")
    fail()
    await tab.toggle()
    expect(await tab.toggle()).toBe("[0]")
    heal()
    expect(await tab.connect(serve(store))).toBe("[0]")
  })

  it("nor where its page had joined before", async () => {
    const { store, fail, heal } = broken(mood)
    const one = serve(store)
    const tab = await open(one)
    tab.wire.drop()
    await tab.connect(one)
    expect(await tab.set(5)).toBe("[5]")
    fail()
    await tab.toggle()
    expect(await tab.toggle()).toBe("[0]")
    expect(await tab.set(1)).toBe("[1]")
    heal()
    expect(await tab.connect(serve(store))).not.toBe("[5]")
  })

  it("nor where the store is back before it is opened", async () => {
    const { store, fail, heal } = broken(mood)
    const one = serve(store)
    const tab = await open(one)
    tab.wire.drop()
    await tab.connect(one)
    expect(await tab.set(5)).toBe("[5]")
    fail()
    await tab.toggle()
    heal()
    expect(await tab.toggle()).toBe("[0]")
    expect(await tab.set(1)).toBe("[1]")
    expect(await tab.connect(serve(store))).toBe("[1]")
  })
})

describe.each(troubles)("a view in a view whose store is %s", (mood) => {
  it("is never shown anything older than a checkpoint that it was told of", async () => {
    const { store, fail, heal } = broken(mood)
    const tab = await open(serve(store))
    expect(await tab.set(5)).toBe("[5]")
    fail()
    expect(await tab.set(6)).toBe("[6]")
    expect(await tab.set(7)).toBe("[7]")
    heal()
    expect(["[0]", "[7]"]).toContain(await tab.connect(serve(store)))
  })

  it("nor after it has crashed", async () => {
    const { store, fail, heal } = broken(mood)
    const tab = await open(serve(store))
    expect(await tab.set(5)).toBe("[5]")
    fail()
    expect(await tab.crash()).toBe("[0]")
    expect(await tab.set(1)).toBe("[1]")
    heal()
    expect(["[0]", "[1]"]).toContain(await tab.connect(serve(store)))
  })
})

/** What a page was shown of its kid, and what it may be shown from now on. */
class Told {
  /** Numbers of views that were closed, crashed, or began anew: nobody asks for them any more. */
  readonly #over = new Set<number>()
  readonly #now = new Set<number>()
  #last = 0
  readonly history: string[] = []

  set(n: number) {
    this.#now.add(n)
  }

  begins() {
    for (const n of this.#now) this.#over.add(n)
    this.#now.clear()
    this.#last = 0
  }

  shows(text: string | null) {
    this.history.push(`  shows ${text}`)
    if (text === null) return
    const n = Number(/^\[(\d+)\]$/.exec(text)?.[1])
    const wrong = Number.isNaN(n) || this.#over.has(n) || (n > 0 && n < this.#last)
    if (wrong) throw new Error(`${text} after ${this.#last}:\n${this.history.join("\n")}`)
    if (n === 0) this.begins()
    this.#last = n
  }
}

/** A page goes its way with a view in a view, through servers that come and go and a store that has moods. */
async function wander(seed: number, steps: number, keeps: boolean) {
  const chance = chanceOf(seed)
  const { store, state } = moodyStore()
  const told = new Told()
  const servers = [serve(store), serve(store), serve(store)] as const
  let at = pick(chance, servers)
  let n = 0
  const tab = await open(at, keeps)
  const moods = ["well", "well", ...troubles] as const
  for (let step = 0; step < steps; step++) {
    const what = below(chance, 16)
    if (what < 6 && tab.hasKid) {
      told.set(++n)
      told.history.push(`set ${n}`)
      told.shows(await tab.set(n))
    } else if (what < 9) {
      told.history.push("toggle")
      if (tab.hasKid) told.begins()
      told.shows(await tab.toggle())
    } else if (what < 10 && tab.hasKid) {
      told.history.push("crash")
      told.begins()
      told.shows(await tab.crash())
    } else if (what < 13) {
      // that it was closed is known where that was, and elsewhere as soon as the store answers
      if (tab.hasKid && chance() < 0.5) at = pick(chance, servers)
      if (chance() < 0.7) tab.wire.drop()
      told.history.push(`connect to ${servers.indexOf(at)}`)
      told.shows(await tab.connect(at))
    } else {
      state.mood = pick(chance, moods)
      told.history.push(state.mood)
    }
  }
}

describe("a page with a view in a view", () => {
  it.each([false, true])(
    "is never shown anything older of it than a checkpoint that it was told of, nor of what it has closed, where it keeps its stash: %s",
    async (keeps) => {
      const way = fc.asyncProperty(fc.integer(), fc.integer({ min: 5, max: 30 }), (seed, steps) =>
        wander(seed, steps, keeps),
      )
      await fc.assert(way, { numRuns: ways })
    },
    60_000 + 1_000 * ways,
  )
})

import { env } from "node:process"
import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { type OfficialClient, officialClient } from "../../fixtures/official-client.ts"
import { OfficialPage } from "../../fixtures/official-page.ts"
import { normalized } from "../../fixtures/patched-page.ts"
import { type Chance, chanceOf } from "../../fixtures/random/chance.ts"
import { RandomServer } from "../../fixtures/random/server.ts"
import type { RandomParts, Value } from "../../fixtures/random/values.ts"
import { RandomView } from "../../fixtures/random/view.ts"
import { Rendered } from "../testing/rendered/rendered.ts"
import { Sections } from "./sections.ts"
import { Spliced } from "./spliced.ts"

// How many random views go through a few random changes each: 20,000 here, more by the variable.
const sequences = Number(env["BENNU_SEQUENCES"] ?? 20_000)

/** What a socket would carry. */
const wire = (frame: object): object => JSON.parse(JSON.stringify(frame))

const isShared = (value: unknown): boolean =>
  value instanceof Spliced ||
  (typeof value === "object" && value !== null && Object.values(value).some(isShared))

/** A second page of the same view. */
class Later {
  static readonly none: Later | null = null
  readonly #Official: OfficialClient
  readonly #server: RandomServer
  #page: OfficialPage | null = null
  /** Whether the last message changed a section that it shares. */
  sharedChange = false

  constructor(Official: OfficialClient, server: RandomServer) {
    this.#Official = Official
    this.#server = server
  }

  tell(state: Value): void {
    for (const frame of this.#server.send(state, true)) {
      this.sharedChange = this.#page !== null && isShared(frame)
      if (this.#page) this.#page.receive(wire(frame))
      else this.#page = new OfficialPage(this.#Official, wire(frame))
    }
  }

  html(): string {
    return this.#page?.html() ?? ""
  }
}

describe("what is sent of a view", () => {
  let Official: OfficialClient
  beforeAll(async () => {
    Official = await officialClient()
  })

  /** What kinds of changes were among those that were tried. */
  const kinds = {
    moved: /"km":true/,
    movedAndChanged: /\[\d+,\{/,
    shared: /"p":\{/,
    emptied: /"kc":0/,
    componentsAlone: /^\{"c":/,
    takenFromBefore: /"s":-\d/,
    takenFromTheSame: /"c":.*"s":\d/,
    inserted: /"stream":\["\d+",\[\[/,
    deleted: /"stream":\["\d+",.*\],\["/,
    reset: /\],true\]/,
    portals: /data-phx-portal/,
    nested: /data-phx-parent-id/,
  }
  const seen = new Map<string, number>()
  const count = (kind: string) => seen.set(kind, (seen.get(kind) ?? 0) + 1)
  function countKinds(frame: object, patched: string | object): void {
    if (isShared(frame)) count("sections")
    const text = JSON.stringify(frame)
    for (const [kind, pattern] of Object.entries(kinds)) if (pattern.test(text)) count(kind)
    if (JSON.stringify(patched).includes("data-phx-skip")) count("shells")
  }

  const none = { components: false, streams: false }
  /** One view through some changes, each of which the official client gets, and sometimes only its components. */
  function play(chance: Chance, steps: number, parts: RandomParts): void {
    const view = new RandomView(chance, parts)
    const sections = new Sections()
    const server = new RandomServer(view, sections)
    let state = view.first()
    const [first = {}] = server.send(state, true)
    const page = new OfficialPage(Official, wire(first))
    const ours = new Rendered("phx-V")
    expect(ours.receive(wire(first)).patch).toBe(page.first)
    ours.left(ours.absent())
    let told: number[] = []
    // those that a page said it would destroy are sent in full by the next rendering that has them, needed or not
    let marked = false
    // what one page keeps is told to it alone; without that another may come later, and share sections with the first
    const another = parts === none ? { from: Math.floor(chance() * steps), page: Later.none } : null
    for (let step = 0; ; step++) {
      view.sent(state)
      const shown = view.page(state)
      expect(page.html()).toBe(normalized(shown))
      expect(ours.page()).toBe(shown)
      if (told.length === 0 && !marked) expect(server.send(state, true)).toEqual([])
      if (another && step >= another.from) {
        another.page ??= new Later(Official, new RandomServer(view, sections))
        another.page.tell(state)
        expect(another.page.html()).toBe(normalized(shown))
        if (another.page.sharedChange) count("sharedChanges")
      }
      if (step === steps) break
      if (chance() < 0.7) tellOfComponents()
      const root = chance() < 0.6
      if (root) state = view.next(state)
      else for (const name of view.reached(state).components) if (chance() < 0.5) view.change(name)
      view.streamOn(state, root)
      const frames = server.send(state, root)
      if (root) marked = false
      for (const frame of frames) {
        const patched = page.receive(wire(frame))
        expect(ours.receive(wire(frame)).patch).toEqual(patched)
        ours.left(ours.absent())
        countKinds(frame, patched)
      }
      if (told.some((cid) => page.absent([cid]).length === 0)) count("back")
    }

    /** The page tells late which components left it, and later still which of them are to be destroyed. */
    function tellOfComponents(): void {
      const gone = server.destroy(page.absent(told))
      if (gone.length > 0) count("destroyed")
      page.prune(gone)
      ours.prune(gone)
      told = page.takeLeaving()
      server.willDestroy(told)
      marked ||= told.length > 0
    }
  }

  const components = { components: true, streams: false }
  const all = { components: true, streams: true }
  it("makes the official client show what a fresh rendering shows, after any changes", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom(none, components, all, { components: false, streams: true }),
        (seed, steps, parts) => play(chanceOf(seed), steps, parts),
      ),
      { numRuns: sequences },
    )
    for (const kind of [
      ...Object.keys(kinds),
      "shells",
      "back",
      "destroyed",
      "sections",
      "sharedChanges",
    ]) {
      expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(sequences / 400)
    }
  }, 600_000)
})

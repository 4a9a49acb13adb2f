import type { Entry, Meta } from "../entry.ts"
import type { Message } from "../message.ts"
import { PresenceNode } from "../presence-node.ts"
import type { Diff } from "../roster.ts"

const limits = { heartbeat: 10, downPeriod: 30, permdownPeriod: 100, maxLog: 3 }
const HAND_OVER = 40
const TOPICS = ["a", "b"]
const KEYS = ["ada", "bob", "__proto__"]

interface Inhabitant {
  readonly node: PresenceNode
  readonly tracked: Entry[]
  /** What one sees who only knows the diffs. */
  readonly seen: Map<string, Meta>
}

interface Letter {
  readonly to: number
  readonly from: number
  readonly message: Message
}

/**
 * Some nodes, and a network that loses, doubles, delays and reorders. Numbers decide what happens, so that a schedule is
 * a list of them: easy to make, to shrink and to repeat.
 */
export class World {
  readonly #places: Inhabitant[] = []
  readonly #letters: Letter[] = []
  /** Links that carry nothing, one direction each. */
  readonly #cut = new Set<number>()
  #now = 0
  #births = 0
  #refs = 0
  /** What may never be, in words. */
  readonly faults: string[] = []

  constructor(size: number) {
    for (let place = 0; place < size; place++) this.#places.push(this.#born())
  }

  /** One thing happens. */
  step(number: number): void {
    const here = number % this.#places.length
    const rest = Math.floor(number / 256)
    const what = number % 256
    if (what < 50) this.#track(here, rest)
    else if (what < 75) this.#untrack(here, rest)
    else if (what < 90) this.#update(here, rest)
    else if (what < 125) this.#post(here, this.#places[here]?.node.flush() ?? [])
    else if (what < 215) this.#deliver(rest, what % 8)
    else if (what < 235) this.#beat()
    else if (what < 250) this.#toggle(rest)
    else if (what < 253) this.#places[here] = this.#born()
    else this.#leave(here)
  }

  /** The network is whole again, and everybody is heard for as long as it takes to notice who is not there. */
  heal(): void {
    this.#cut.clear()
    while (this.#letters.length > 0) this.#deliver(0, 7)
    for (let beats = 0; beats < (limits.downPeriod + HAND_OVER) / limits.heartbeat + 2; beats++) {
      this.#beat()
      while (this.#letters.length > 0) this.#deliver(0, 7)
    }
  }

  /** Whether all see the same, which is what is. */
  check(): readonly string[] {
    const truth = this.#places.flatMap(({ tracked }) => tracked.map((entry) => named(entry)))
    const expected = truth.sort().join()
    for (const { node, seen } of this.#places) {
      const listed = TOPICS.flatMap((topic) => [...node.list(topic).values()].flat().map(named))
      const list = listed.sort().join()
      if (list !== expected) this.faults.push(`${node.id} lists ${list}, there are ${expected}`)
      const told = [...seen.keys()].sort().join()
      if (told !== expected) this.faults.push(`${node.id} told ${told}, there are ${expected}`)
    }
    return this.faults
  }

  #born(): Inhabitant {
    const node = new PresenceNode(`n${++this.#births}`, limits, this.#now)
    return { node, tracked: [], seen: new Map() }
  }

  #track(here: number, rest: number): void {
    const place = this.#places[here]
    if (!place || place.tracked.length > 8) return
    const topic = TOPICS[rest % 2] ?? ""
    const key = KEYS[(rest >> 1) % 3] ?? ""
    const { entry, diff } = place.node.track(topic, key, { phx_ref: `${++this.#refs}` })
    place.tracked.push(entry)
    this.#see(place, diff)
  }

  #untrack(here: number, rest: number): void {
    const place = this.#places[here]
    const [entry] = place?.tracked.splice(rest % (place.tracked.length || 1), 1) ?? []
    if (place && entry) this.#see(place, place.node.untrack(entry))
  }

  #update(here: number, rest: number): void {
    const place = this.#places[here]
    const at = rest % (place?.tracked.length || 1)
    const old = place?.tracked[at]
    if (!place || !old) return
    const meta = { phx_ref: `${++this.#refs}`, phx_ref_prev: old.meta.phx_ref }
    const { entry, diff } = place.node.update(old, meta)
    place.tracked[at] = entry
    this.#see(place, diff)
  }

  #leave(here: number): void {
    const place = this.#places[here]
    if (!place) return
    this.#post(here, place.node.end(HAND_OVER))
    this.#places[here] = this.#born()
  }

  #beat(): void {
    this.#now += limits.heartbeat
    this.#places.forEach((place, here) => {
      const { diff, send } = place.node.tick(this.#now)
      this.#see(place, diff)
      this.#post(here, send)
    })
  }

  #post(from: number, messages: readonly Message[]): void {
    for (const message of messages) {
      this.#places.forEach((_, to) => {
        if (to !== from) this.#letters.push({ from, to, message })
      })
    }
  }

  /** Any letter, not the oldest. @param fate 0 loses it, 1 doubles it. */
  #deliver(which: number, fate: number): void {
    const at = which % (this.#letters.length || 1)
    const letter = this.#letters[at]
    if (!letter) return
    if (fate !== 1) this.#letters.splice(at, 1)
    const { from, to, message } = letter
    const place = this.#places[to]
    if (!place || fate === 0 || this.#cut.has(from * 16 + to)) return
    const { diff, send } = place.node.receive(message, this.#now)
    this.#see(place, diff)
    this.#post(to, send)
  }

  #toggle(rest: number): void {
    const size = this.#places.length
    const link = (rest % size) * 16 + (Math.floor(rest / size) % size)
    if (!this.#cut.delete(link)) this.#cut.add(link)
  }

  /** Follows the diffs as a client does, and finds those that cannot be followed. */
  #see({ node, seen }: Inhabitant, diff: Diff): void {
    for (const [topic, { joins, leaves, arrived, gone }] of diff) {
      const before = new Set(KEYS.filter((key) => has(seen, topic, key)))
      for (const [key, metas] of joins) {
        for (const meta of metas) {
          const name = `${topic} ${key} ${meta.phx_ref}`
          if (seen.has(name)) this.faults.push(`${node.id}: ${name} joined twice`)
          seen.set(name, meta)
        }
      }
      for (const [key, metas] of leaves) {
        for (const meta of metas) {
          const name = `${topic} ${key} ${meta.phx_ref}`
          if (!seen.delete(name)) this.faults.push(`${node.id}: ${name} left and was not there`)
        }
      }
      for (const key of KEYS) {
        const after = has(seen, topic, key)
        if (arrived.includes(key) !== (after && !before.has(key)))
          this.faults.push(`${node.id}: ${topic} ${key} arrived`)
        if (gone.includes(key) !== (before.has(key) && !after))
          this.faults.push(`${node.id}: ${topic} ${key} is gone`)
      }
    }
  }
}

const named = ({ topic, key, meta }: Entry) => `${topic} ${key} ${meta.phx_ref}`

function has(seen: ReadonlyMap<string, Meta>, topic: string, key: string): boolean {
  for (const name of seen.keys()) if (name.startsWith(`${topic} ${key} `)) return true
  return false
}

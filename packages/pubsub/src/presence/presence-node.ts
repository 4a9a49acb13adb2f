import { Copy } from "./copy.ts"
import type { Delta, Entry, Meta } from "./entry.ts"
import type { Message } from "./message.ts"
import { OwnReplica } from "./own-replica.ts"
import { type Diff, Roster } from "./roster.ts"

/** All in milliseconds, but `maxLog`. */
export interface NodeLimits {
  /** How often `tick` is called. */
  readonly heartbeat: number
  /** A replica that is silent for longer is not seen any more. */
  readonly downPeriod: number
  /** One that is silent for longer is forgotten. */
  readonly permdownPeriod: number
  /** Own changes that are kept for those who have missed some. */
  readonly maxLog: number
}

export interface Step {
  /** What has changed for those who look at this node. */
  readonly diff: Diff
  /** What has to be told to the other nodes. */
  readonly send: readonly Message[]
}

/**
 * One node's part in knowing who is present: an observed-remove set with deltas, after Phoenix.Tracker. It knows no
 * clock and no network; it is told the time, and says what is to be sent.
 */
export class PresenceNode {
  readonly #own: OwnReplica
  readonly #limits: NodeLimits
  readonly #copies = new Map<string, Copy>()
  readonly #roster = new Roster()
  /** Replicas that said goodbye, and until when nothing more is believed of them. */
  readonly #gone = new Map<string, number>()
  /** What those who said goodbye left, and until when it is seen. */
  readonly #moving = new Set<{ readonly entries: readonly Entry[]; readonly until: number }>()
  #beats = 0
  #told = 0
  #ended = false
  #lastTick: number

  constructor(id: string, limits: NodeLimits, now: number) {
    this.#own = new OwnReplica(id, limits.maxLog)
    this.#limits = limits
    this.#lastTick = now
  }

  get id(): string {
    return this.#own.id
  }

  /** How many this node tracks. */
  get size(): number {
    return this.#own.entries.size
  }

  list(topic: string): ReadonlyMap<string, readonly Entry[]> {
    return this.#roster.of(topic)
  }

  track(topic: string, key: string, meta: Meta): { readonly entry: Entry; readonly diff: Diff } {
    const entry = this.#own.add(topic, key, meta)
    this.#roster.add(entry)
    return { entry, diff: this.#roster.takeDiff() }
  }

  /** The new meta comes with the reference of the old one, and both are in one diff. */
  update(old: Entry, meta: Meta): { readonly entry: Entry; readonly diff: Diff } {
    const entry = this.#own.add(old.topic, old.key, meta)
    this.#roster.add(entry)
    this.#forget(old)
    return { entry, diff: this.#roster.takeDiff() }
  }

  untrack(entry: Entry): Diff {
    this.#forget(entry)
    return this.#roster.takeDiff()
  }

  /** What changed here since the last beat, if anything. */
  flush(): readonly Message[] {
    return this.#told < this.#own.version && !this.#ended ? [this.#beat(false)] : []
  }

  /** To be called with every heartbeat. */
  tick(now: number): Step {
    this.#excuse(now)
    for (const [id, copy] of this.#copies) {
      const silence = now - copy.heardAt
      if (copy.up && silence > this.#limits.downPeriod) this.#lower(copy)
      if (silence > this.#limits.permdownPeriod) this.#copies.delete(id)
    }
    for (const moving of this.#moving) {
      if (now < moving.until) continue
      for (const entry of moving.entries) this.#roster.remove(entry)
      this.#moving.delete(moving)
    }
    for (const [id, until] of this.#gone) if (now >= until) this.#gone.delete(id)
    return { diff: this.#roster.takeDiff(), send: this.#ended ? [] : [this.#beat(true)] }
  }

  receive(message: Message, now: number): Step {
    const send: Message[] = []
    if (message.kind === "beat") this.#hear(message, now, send)
    else if (message.kind === "bye") this.#part(message, now)
    else if (message.to !== this.id) return { diff: new Map(), send }
    else if (message.kind === "ask") this.#answer(message, send)
    else for (const delta of message.deltas) this.#apply(delta, now)
    return { diff: this.#roster.takeDiff(), send: this.#ended ? [] : send }
  }

  /** Says goodbye to the others. From now on what happens here is told to nobody. */
  end(handOver: number): readonly Message[] {
    if (this.#ended) return []
    this.#ended = true
    return [{ kind: "bye", from: this.id, delta: this.#own.since(this.#told), handOver }]
  }

  #beat(regular: boolean): Message {
    const { version } = this.#own
    const delta = this.#told < version ? this.#own.since(this.#told) : null
    this.#told = version
    const known = [...this.#copies]
      .filter(([, { up }]) => regular && up)
      .map(([replica, { version, beat }]) => ({ replica, version, beat }))
    return { kind: "beat", from: this.id, beat: ++this.#beats, version, delta, known }
  }

  #hear(message: Message & { kind: "beat" }, now: number, send: Message[]): void {
    const { from, beat, version, delta, known } = message
    const have: { replica: string; version: number }[] = []
    const copy = this.#copyOf(from, now)
    if (!copy) return
    // Who is new to us does not know us either: so it need not wait for our next beat
    if (!copy.up && beat > copy.beat) send.push(this.#beat(true))
    copy.directAt = now
    this.#live(copy, beat, now)
    if (delta) this.#apply(delta, now)
    if (version > copy.version) this.#miss(from, copy, now, have)
    for (const heard of known) {
      const other = heard.replica === this.id ? undefined : this.#copyOf(heard.replica, now)
      if (!other) continue
      // The first number we hear of may be its last, which others repeat for a while
      if (other.beat === 0) other.beat = heard.beat
      else this.#live(other, heard.beat, now)
      // It will tell by itself, unless its words do not reach us
      const silent = now - other.directAt > this.#limits.heartbeat * 2
      if (heard.version > other.version && silent) this.#miss(heard.replica, other, now, have)
    }
    if (have.length > 0) send.push({ kind: "ask", from: this.id, to: from, have })
  }

  #answer({ from, have }: Message & { kind: "ask" }, send: Message[]): void {
    const deltas: Delta[] = []
    for (const { replica, version } of have) {
      const copy = this.#copies.get(replica)
      if (replica === this.id && version < this.#own.version) deltas.push(this.#own.since(version))
      if (copy && version < copy.version) deltas.push(copy.whole(replica))
    }
    if (deltas.length > 0) send.push({ kind: "give", to: from, deltas })
  }

  #part({ from, delta, handOver }: Message & { kind: "bye" }, now: number): void {
    if (this.#gone.has(from)) return
    const copy = this.#copyOf(from, now)
    if (!copy) return
    this.#apply(delta, now)
    this.#copies.delete(from)
    this.#gone.set(from, now + this.#limits.permdownPeriod)
    const entries = copy.up ? [...copy.entries.values()] : []
    for (const entry of entries) this.#roster.hold(entry)
    if (entries.length > 0) this.#moving.add({ entries, until: now + handOver })
  }

  #copyOf(replica: string, now: number): Copy | undefined {
    if (replica === this.id || this.#gone.has(replica)) return undefined
    const copy = this.#copies.get(replica) ?? new Copy(now)
    this.#copies.set(replica, copy)
    return copy
  }

  /** Only a higher number is a sign of life: an old message that comes late is none. */
  #live(copy: Copy, beat: number, now: number): void {
    if (beat <= copy.beat) return
    copy.beat = beat
    copy.heardAt = now
    if (copy.up) return
    copy.up = true
    for (const entry of copy.entries.values()) this.#roster.add(entry)
  }

  #lower(copy: Copy): void {
    copy.up = false
    for (const entry of copy.entries.values()) this.#roster.remove(entry)
  }

  #apply(delta: Delta, now: number): void {
    const copy = this.#copyOf(delta.replica, now)
    if (!copy) return
    const { joined, left } = copy.apply(delta)
    if (!copy.up) return
    for (const entry of joined) this.#roster.add(entry)
    for (const entry of left) this.#roster.remove(entry)
  }

  #miss(
    replica: string,
    copy: Copy,
    now: number,
    have: { replica: string; version: number }[],
  ): void {
    // The answer may be on its way; the next beat comes too late to wait for if it is not
    if (now - copy.askedAt < this.#limits.heartbeat / 2) return
    copy.askedAt = now
    have.push({ replica, version: copy.version })
  }

  #forget(entry: Entry): void {
    if (this.#own.remove(entry)) this.#roster.remove(entry)
  }

  /** Where it was this process that stood still, the others' silence is none. */
  #excuse(now: number): void {
    const late = now - this.#lastTick - this.#limits.heartbeat
    this.#lastTick = now
    if (late < this.#limits.heartbeat) return
    for (const copy of this.#copies.values()) if (copy.up) copy.heardAt += late
  }
}

import type { Clock } from "@bennu/core"
import { randomToken } from "@bennu/core/crypto"
import { decodeCursor, encodeCursor } from "./cursor.ts"
import type { Keep } from "./keep.ts"
import { Sequence } from "./sequence.ts"
import { type Kept, TopicLog, type Total } from "./topic-log.ts"

/** What came after a cursor. */
export interface Replayed<M> {
  readonly messages: readonly M[]
  /** Whether these are all. Where they are not, fetch afresh what the topic is about. */
  readonly complete: boolean
  /** For the next time. */
  readonly cursor: string
}

export interface HistoryParts {
  /** Topics whose messages are kept; of more, those not used for longest are forgotten. */
  readonly maxTopics: number
  /** There are no other nodes: nobody asks for what was missed. */
  readonly isAlone: boolean
  /** Characters of all messages that are kept, and as many again of own ones that are said again. */
  readonly maxSize: number
  /** Own messages that are said again to nodes that missed some. */
  readonly maxRepair: number
  readonly now: Clock
  /** Tells the other nodes' histories. */
  send(text: string): void
  /** Tells this node's listeners something that was missed. */
  deliver(topic: string, message: string): void
}

interface Own {
  readonly topic: string
  readonly number: number
  readonly text: string
}

/** Messages in one answer to a node that missed some. */
const MAX_ANSWER = 500

/** The latest messages of topics that have a history. Each publisher numbers its own, over all topics. */
export class History {
  readonly #self = randomToken(9)
  readonly #parts: HistoryParts
  readonly #sequence: Sequence
  /** The topic that was silent for longest is first. */
  readonly #logs = new Map<string, TopicLog>()
  readonly #total: Total = { size: 0 }
  /** Until when messages came of topics that are let go. */
  #forgotten = Number.NEGATIVE_INFINITY
  #own: Own[] = []
  #ownSize = 0
  #count = 0

  constructor(parts: HistoryParts) {
    this.#parts = parts
    this.#sequence = new Sequence(parts.maxRepair, parts.now())
  }

  /** Keeps a message of this node. @returns What goes to the others. */
  say(topic: string, message: string, keep: Keep): string {
    const number = ++this.#count
    const text = `${this.#self} ${number} ${keep.limit} ${keep.ttl} ${message}`
    if (!this.#parts.isAlone) this.#remember({ topic, number, text })
    this.#append(topic, { publisher: this.#self, number, message, at: this.#parts.now() }, keep)
    return text
  }

  /** Keeps a message of another node. @returns The message, or null where it has come before. */
  hear(topic: string, text: string): string | null {
    const [publisher, number, limit, ttl] = text.split(" ", 4)
    const keep = { limit: Number(limit), ttl: Number(ttl) }
    const kept = {
      publisher: publisher ?? "",
      number: Number(number),
      message: text.slice([publisher, number, limit, ttl, ""].join(" ").length),
      at: this.#parts.now(),
    }
    if (![kept.number, keep.limit].every((it) => Number.isSafeInteger(it) && it > 0)) return null
    if (!(keep.ttl >= 0)) return null
    const { fresh, after } = this.#sequence.take(kept.publisher, kept.number, kept.at)
    if (after !== undefined) this.#ask([[kept.publisher, after, kept.number]])
    if (!fresh) return null
    this.#append(topic, kept, keep)
    return kept.message
  }

  /** Other nodes' words may have been lost, one does not know whose. */
  missed(): void {
    this.#sequence.unsure(this.#parts.now())
    const asked = [...this.#sequence.last].map(([publisher, last]) => [publisher, last, null])
    if (asked.length > 0) this.#ask(asked)
  }

  /** What another node's history says to this one. */
  talk(text: string): void {
    const said: unknown = JSON.parse(text)
    if (!Array.isArray(said)) return
    const [kind, who, ...rest] = said
    if (kind === "ask") this.#answer(String(who), rest)
    else if (kind === "give" && who === this.#self) this.#take(rest)
  }

  cursor(topic: string): string {
    const now = this.#parts.now()
    const heard = this.#logs.get(topic)?.heard(now) ?? new Map()
    return encodeCursor({ node: this.#self, time: now, heard })
  }

  replay(topic: string, text: string): Replayed<string> {
    const now = this.#parts.now()
    const cursor = decodeCursor(text)
    if (!cursor) return { messages: [], complete: false, cursor: this.cursor(topic) }
    const log = this.#logs.get(topic) ?? this.#newLog()
    const { messages, complete } = log.since(cursor, this.#self, now)
    const sureSince = this.#sequence.sureSince(now)
    const sure = sureSince !== null && cursor.time >= sureSince
    return {
      messages: messages.map(({ message }) => message),
      complete: complete && sure,
      cursor: this.cursor(topic),
    }
  }

  #newLog(): TopicLog {
    return new TopicLog(this.#total, this.#forgotten)
  }

  /** Half of them go at once, so that not each new one moves all others. */
  #remember(own: Own): void {
    const { maxRepair, maxSize } = this.#parts
    this.#own.push(own)
    this.#ownSize += own.text.length
    if (this.#own.length <= maxRepair * 2 && this.#ownSize <= maxSize) return
    let size = 0
    const last = this.#own.findLastIndex(({ text }, at) => {
      size += text.length
      return size > maxSize / 2 || this.#own.length - at > maxRepair
    })
    this.#own = this.#own.slice(last + 1)
    this.#ownSize = this.#own.reduce((sum, { text }) => sum + text.length, 0)
  }

  #append(topic: string, kept: Kept, keep: Keep): void {
    const log = this.#logs.get(topic) ?? this.#newLog()
    this.#logs.delete(topic)
    this.#logs.set(topic, log)
    log.append(kept, keep)
    this.#fit(log, kept.at)
  }

  /** Lets go of what is over; where there is too much, of topics that were silent for longest, and at last of the latest one's own. */
  #fit(latest: TopicLog, now: number): void {
    const { maxTopics, maxSize } = this.#parts
    for (const [topic, log] of this.#logs) {
      const isTooMuch = this.#logs.size > maxTopics || this.#total.size > maxSize
      if (!isTooMuch && !log.isOver(now)) return
      if (log === latest) {
        log.shrink(maxSize, now)
        return
      }
      this.#logs.delete(topic)
      log.clear()
      this.#forgotten = Math.max(this.#forgotten, log.lastAt)
    }
  }

  /** @param wanted Publisher, the last number that came, and the first that came after, if any. */
  #ask(wanted: readonly (readonly (string | number | null)[])[]): void {
    this.#parts.send(JSON.stringify(["ask", this.#self, ...wanted]))
  }

  #answer(who: string, wanted: readonly unknown[]): void {
    for (const want of wanted) {
      if (!Array.isArray(want) || want[0] !== this.#self) continue
      const [, after, before] = want
      const end = before === null ? Number.POSITIVE_INFINITY : Number(before)
      const found = this.#own.filter(({ number }) => number > Number(after) && number < end)
      const first = this.#own[0]?.number ?? this.#count + 1
      for (let at = 0; at === 0 || at < found.length; at += MAX_ANSWER) {
        const some = found.slice(at, at + MAX_ANSWER).map(({ topic, text }) => [topic, text])
        this.#parts.send(JSON.stringify(["give", who, this.#self, first, ...some]))
      }
    }
  }

  #take([publisher, first, ...given]: readonly unknown[]): void {
    this.#sequence.lost(String(publisher), Number(first), this.#parts.now())
    for (const one of given) {
      const [topic, text] = Array.isArray(one) ? one.map(String) : []
      if (topic === undefined || text === undefined) continue
      const message = this.hear(topic, text)
      if (message !== null) this.#parts.deliver(topic, message)
    }
  }
}

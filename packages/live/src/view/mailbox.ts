import { AsyncLocalStorage } from "node:async_hooks"
import type { Awaitable } from "@bennu/core"

// One turn for all who wait for it: a message to ten thousand views makes them wait at the same time.
let turn: Promise<void> | null = null
const nextTurn = (): Promise<void> => {
  turn ??= new Promise((resolve) =>
    setImmediate(() => {
      turn = null
      resolve()
    }),
  )
  return turn
}

/** What a mailbox works for. */
export interface MailboxOwner {
  /** Called when there is news: the queue is empty, one turn of the event loop after the last message, and every `coalesce` messages. */
  idle(): Awaitable<void>
  /** A message threw. Nothing more is worked on. */
  failed(error: unknown): void
}

/** One view's messages, worked on in order, one at a time. */
export class Mailbox {
  readonly #owner: MailboxOwner
  readonly #limit: number
  readonly #coalesce: number
  // a message is the view's business, not part of whatever transaction or deadline it was sent in
  readonly #inItsContext = AsyncLocalStorage.snapshot()
  #queue: (() => Awaitable<void>)[] = []
  #work: Promise<void> | null = null
  #working = false
  #closed = false
  /** A message was worked on that nobody was told of yet. */
  #news = false

  constructor(
    owner: MailboxOwner,
    limits: { readonly mailbox: number; readonly coalesce: number },
  ) {
    this.#owner = owner
    this.#limit = limits.mailbox
    this.#coalesce = limits.coalesce
  }

  /**
   * Whether there was room.
   * @param atOnce It begins before this returns, where nothing else is worked on, and tells by itself what it led to. Otherwise whoever
   *   sends goes on first, and it is news.
   */
  add(message: () => Awaitable<void>, atOnce = false): boolean {
    if (this.#queue.length >= this.#limit) return false
    this.#queue.push(atOnce ? message : () => this.#new(message))
    if (!this.#working) {
      this.#working = true
      this.#work = this.#inItsContext(() => this.#run(atOnce))
    }
    return true
  }

  /** What there was to tell is told. */
  told(): void {
    this.#news = false
  }

  #new(message: () => Awaitable<void>): Awaitable<void> {
    this.#news = true
    return message()
  }

  /** Forgets what waits; resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#closed = true
    this.#queue = []
    await this.settled()
  }

  /** Resolves when nothing waits and nothing runs. */
  async settled(): Promise<void> {
    while (this.#working) await this.#work
  }

  async #run(atOnce: boolean): Promise<void> {
    try {
      if (!atOnce) await null
      for (let handled = 1; !this.#closed; handled++) {
        const message = this.#queue.shift()
        if (message) {
          const done = message()
          if (done instanceof Promise) await done
          if (handled % this.#coalesce === 0 && !this.#closed && this.#news)
            await this.#owner.idle()
          continue
        }
        if (!this.#news) break
        await nextTurn()
        if (this.#queue.length === 0 && !this.#closed) await this.#owner.idle()
        // rendering may have said something that this view hears
        if (this.#queue.length === 0) break
      }
    } catch (error) {
      this.#owner.failed(error)
    } finally {
      this.#working = false
    }
  }
}

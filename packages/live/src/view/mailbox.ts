import { AsyncResource } from "node:async_hooks"
import type { Awaitable } from "@bennu/core"

type Message = () => Awaitable<void>

/** What a mailbox works for. */
export interface MailboxOwner {
  /** Called when there is news: the queue is empty in a later turn of the event loop, or `coalesce` messages were worked on. */
  idle(): Awaitable<void>
  /** A message threw. Nothing more is worked on. */
  failed(error: unknown): void
}

// One turn for many who wait for it: a message to ten thousand views makes them wait at the same time. Others come in between.
const EACH_TURN = 100
const waiting: Mailbox[] = []

function inNextTurn(mailbox: Mailbox): void {
  if (waiting.push(mailbox) === 1) setImmediate(turn)
}

function turn(): void {
  const now = waiting.splice(0, EACH_TURN)
  if (waiting.length > 0) setImmediate(turn)
  for (const mailbox of now) mailbox.turn()
}

/** One view's messages, worked on in order, one at a time. */
export class Mailbox {
  readonly #owner: MailboxOwner
  readonly #limit: number
  readonly #coalesce: number
  /** With so many it does not wait for the next turn: whoever says more than that may wait for each to be said. */
  readonly #many: number
  // A message is the view's business, not part of whatever transaction or deadline it was sent in. What AsyncLocalStorage.snapshot makes does
  // the same and takes a kilobyte.
  readonly #context = new AsyncResource("bennu.live.view")
  #queue: Message[] = []
  #working = false
  /** It goes on in the next turn. */
  #waits = false
  #closed = false
  /** Messages that were worked on and that nobody was told of yet. */
  #news = 0
  /** For whoever waits until nothing is left to do. */
  #rest: PromiseWithResolvers<void> | null = null

  constructor(
    owner: MailboxOwner,
    limits: { readonly mailbox: number; readonly coalesce: number },
  ) {
    this.#owner = owner
    this.#limit = limits.mailbox
    this.#coalesce = limits.coalesce
    this.#many = Math.min(limits.coalesce, Math.ceil(limits.mailbox / 2))
  }

  /**
   * Takes a message that is worked on in the next turn and is news: what comes until then shares a frame.
   * @returns Whether there was room.
   */
  add(message: Message): boolean {
    return this.#put(() => {
      this.#news++
      return message()
    }, false)
  }

  /**
   * Takes a message that tells by itself what it leads to. Where nothing else is worked on it begins before this returns.
   * @returns Whether there was room.
   */
  now(message: Message): boolean {
    return this.#put(message, true)
  }

  /** What there was to tell is told. */
  told(): void {
    this.#news = 0
  }

  turn(): void {
    this.#goOn(true)
  }

  /** Forgets what waits; resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#closed = true
    this.#queue = []
    this.#goOn(false)
    await this.settled()
  }

  /** Resolves when nothing waits and nothing runs. */
  async settled(): Promise<void> {
    while (this.#working) {
      this.#rest ??= Promise.withResolvers()
      await this.#rest.promise
    }
  }

  #put(message: Message, atOnce: boolean): boolean {
    if (this.#queue.length >= this.#limit) return false
    this.#queue.push(message)
    if (this.#working) {
      if (this.#waits && this.#queue.length === this.#many) queueMicrotask(() => this.#goOn(false))
      return true
    }
    this.#working = true
    if (atOnce) this.#context.runInAsyncScope(this.#work, this, false)
    else this.#wait()
    return true
  }

  #wait(): void {
    this.#waits = true
    inNextTurn(this)
  }

  #goOn(turned: boolean): void {
    if (!this.#waits) return
    this.#waits = false
    this.#context.runInAsyncScope(this.#work, this, turned)
  }

  /** Works on what waits, without a promise where nothing needs one. @param turned Since the last message a turn has passed. */
  #work(turned: boolean): void {
    let rested = turned
    try {
      while (!this.#closed && (this.#queue.length > 0 || this.#news > 0)) {
        const tells = this.#queue.length > 0 ? this.#news >= this.#coalesce : rested
        // rendering may say something that this view hears
        if (tells) rested = false
        else if (this.#queue.length === 0) {
          this.#wait()
          return
        }
        const done = tells ? this.#tell() : this.#queue.shift()?.()
        if (done instanceof Promise) {
          done.then(
            () => this.#work(false),
            (error: unknown) => this.#fail(error),
          )
          return
        }
      }
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#settle()
  }

  #tell(): Awaitable<void> {
    this.#news = 0
    return this.#owner.idle()
  }

  #fail(error: unknown): void {
    this.#settle()
    this.#owner.failed(error)
  }

  #settle(): void {
    this.#working = false
    this.#rest?.resolve()
    this.#rest = null
  }
}

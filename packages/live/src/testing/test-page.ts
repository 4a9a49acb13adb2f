import type { EndReason } from "../live-view.ts"
import type { RefusedReason } from "../telemetry.ts"
import { isRecord } from "../view/client-message.ts"
import type { Joined, Page } from "../view/page.ts"
import { TestViewError } from "./errors.ts"
import { Rendered } from "./rendered/rendered.ts"

/** Where a view sent its page. */
export interface Navigation {
  readonly kind: "patch" | "navigate" | "redirect"
  readonly to: string
  readonly replace: boolean
}

/** What a view pushed to its page's hooks. */
export interface HeardEvent {
  readonly name: string
  readonly payload: unknown
}

/** A page without a browser: it merges frames as the official client does. */
export class TestPage implements Page {
  readonly navigations: Navigation[]
  readonly events: HeardEvent[]
  readonly frames: object[]
  title: string | undefined
  #shown = false
  readonly #rendered = new Rendered("test")
  #left: ReadonlySet<number> = new Set()
  #failure: { readonly error: unknown } | null = null
  readonly #end: (reason: EndReason, error?: unknown) => Promise<void>
  #ending: Promise<void> | null = null

  /**
   * @param end Ends the view: why, and what it threw if it did.
   * @param before The same page, before its connection was lost.
   */
  constructor(
    end: (reason: EndReason, error?: unknown) => Promise<void>,
    before: TestPage | null = null,
  ) {
    const { navigations = [], events = [], frames = [] } = before ?? {}
    this.navigations = navigations
    this.events = events
    this.frames = frames
    this.#end = end
  }

  /** Whether the view is over. */
  get gone(): boolean {
    return this.#ending !== null
  }

  end(reason: EndReason, error?: unknown): Promise<void> {
    this.#ending ??= this.#end(reason, error)
    return this.#ending
  }

  /** With the marks of components. */
  get markup(): string {
    return this.#shown ? this.#rendered.page(true) : ""
  }

  get html(): string {
    return this.#shown ? this.#rendered.page() : ""
  }

  joined(joined: Joined): void {
    if (joined.kind === "gone") {
      this.answered(joined.response)
      this.close()
      return
    }
    this.#receive(joined.rendered)
    this.#shown = true
    if (joined.patched) this.push("live_patch", joined.patched)
  }

  /** Components that left the page and that the view was not told of yet. */
  takeLeaving(): readonly number[] {
    const absent = this.#rendered.absent()
    const leaving = absent.filter((cid) => !this.#left.has(cid))
    this.#left = new Set(absent)
    this.#rendered.left(leaving)
    return leaving
  }

  /** Those of the components that did not come back. */
  stillAbsent(cids: readonly number[]): readonly number[] {
    const absent = new Set(this.#rendered.absent())
    return cids.filter((cid) => absent.has(cid))
  }

  /** The view forgot components. */
  prune(cids: readonly number[]): void {
    this.#rendered.prune(cids)
  }

  /** Takes over what an answer says. @returns The reply of a hook's event. */
  answered(response: unknown): unknown {
    const { diff, ...where } = overTheWire(response)
    const reply = diff === undefined ? undefined : this.#changed(diff)
    for (const [name, payload] of Object.entries(where)) this.push(name, overTheWire(payload))
    return reply
  }

  whenRead(): null {
    return null
  }

  push(name: string, sent: object): void {
    const payload = overTheWire(sent)
    if (name === "diff") this.#changed(payload)
    else if (name === "live_patch") this.#went("patch", payload)
    else if (name === "live_redirect") this.#went("navigate", payload)
    else if (name === "redirect") this.#went("redirect", payload)
  }

  close(): void {
    void this.end("left")
  }

  crash(error: unknown): void {
    this.#failure ??= { error }
    void this.end("crashed", error)
  }

  refused(event: string, reason: RefusedReason): void {
    const error = new TestViewError(`the event "${event}" was refused: ${reason}`, {
      hint: "Does what was sent fit the event's schema, and may the scope send it?",
    })
    this.#failure ??= { error }
  }

  /** Nothing is held against a test. */
  expect(): void {}

  /** @throws What went wrong since it was last asked. */
  demandWell(): void {
    const failure = this.#failure
    this.#failure = null
    if (failure) throw failure.error
  }

  #changed(diff: unknown): unknown {
    this.frames.push(overTheWire(diff))
    return this.#receive(diff)
  }

  #receive(frame: unknown): unknown {
    const { title, events, reply } = this.#rendered.receive(overTheWire(frame))
    if (title !== undefined) this.title = title
    for (const [name, payload] of events) this.events.push({ name: String(name), payload })
    return reply
  }

  #went(kind: Navigation["kind"], { to, kind: how }: Readonly<Record<string, unknown>>): void {
    this.navigations.push({ kind, to: String(to), replace: how === "replace" })
  }
}

/** What a socket would carry: nothing but JSON comes through. */
function overTheWire(value: unknown): Readonly<Record<string, unknown>> {
  const json: unknown = JSON.parse(JSON.stringify(value))
  return isRecord(json) ? json : {}
}

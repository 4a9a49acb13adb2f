import type { StashKeeper } from "../stash/stash-keeper.ts"
import type { PageEvent } from "./socket-state.ts"

/** Events for a page that no frame has taken along yet. */
export class Outbox {
  readonly #keeper: StashKeeper | null
  #events: readonly PageEvent[] = []

  constructor(keeper: StashKeeper | null) {
    this.#keeper = keeper
  }

  add(events: readonly PageEvent[]): void {
    if (events.length > 0) this.#events = [...this.#events, ...events]
  }

  /** What the view pushed. */
  take(): readonly PageEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }

  /** What goes beside a frame: that, and what the page is to keep. */
  takeAlong(): readonly PageEvent[] {
    const stash = this.#keeper?.events() ?? []
    const pushed = this.take()
    return pushed.length === 0 ? stash : [...pushed, ...stash]
  }
}

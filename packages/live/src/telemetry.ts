import { type Event, event } from "@bennu/telemetry"
import type { StashRefusal } from "./stash/stash-seal.ts"
import type { UploadError } from "./upload/upload.ts"
import type { Busy } from "./view/budget.ts"

/** Why an event of the page did not reach its handler. */
export type RefusedReason = "malformed" | "unknown" | "invalid" | "unauthorized" | "unsupported"

/** Why a view that its page might have come back to has ended. */
export type UnparkReason = "late" | "room" | "ended" | "elsewhere" | "superseded"

// `view` is the pattern of the route that the view is first shown at: views have no names of their own.

/** The page sent what no handler may get: a forged or outdated page. */
export const eventRefused: Event<{
  readonly view: string
  readonly event: string
  readonly reason: RefusedReason
}> = event("bennu.live.event.refuse")

/** A callback of a view, or its render, threw. The view ends; the page joins it anew. */
export const viewCrashed: Event<{ readonly view: string; readonly error: unknown }> =
  event("bennu.live.view.crash")

/** What a view had started with `startAsync` or `assignAsync` failed; the view was told. */
export const asyncFailed: Event<{
  readonly view: string
  readonly name: string
  readonly error: Error
}> = event("bennu.live.async.fail")

/** Rendering a view took longer than `limits.renderBudget`. Told in the next turn of the event loop. */
export const renderSlow: Event<Busy & { readonly view: string }> = event("bennu.live.render.slow")

/**
 * A callback of a view, or of a component in it, took longer than `limits.handlerBudget` until it first waited. `callback` is the
 * name of an event or a topic, `async` with a task's, `mount`, `handleParams`. Told in the next turn of the event loop.
 */
export const handlerSlow: Event<Busy & { readonly view: string; readonly callback: string }> =
  event("bennu.live.handler.slow")

/** A join was refused: why, as the page is told. */
export const joinRefused: Event<{
  readonly topic: string
  readonly reason: string
  readonly error?: unknown
}> = event("bennu.live.join.refuse")

/** A frame was sent to a page, in answer (to its join, too) or by itself: how many bytes its JSON has. */
export const frameSent: Event<{ readonly view: string; readonly bytes: number }> =
  event("bennu.live.frame.send")

/** A view lives on whose connection broke: how many do so now. */
export const viewParked: Event<{ readonly view: string; readonly waiting: number }> =
  event("bennu.live.view.park")

/** A page came back to its view, which had waited for so many milliseconds. */
export const viewAdopted: Event<{ readonly view: string; readonly waited: number }> =
  event("bennu.live.view.adopt")

/** A view that waited has ended: its time was over, others needed its place, it ended by itself, its page came back at another address, or after it had shown the view of another process. */
export const viewUnparked: Event<{
  readonly view: string
  readonly reason: UnparkReason
}> = event("bennu.live.view.unpark")

/** A view's stash was written: given to its page, or to the store. */
export const stashKept: Event<{
  readonly view: string
  readonly where: "browser" | "store"
  readonly bytes: number
}> = event("bennu.live.stash.keep")

/** A view was mounted with what an earlier run of it had kept: its page, the store, or this process, while the store failed. */
export const stashRestored: Event<{
  readonly view: string
  readonly from: "browser" | "store" | "memory"
}> = event("bennu.live.stash.restore")

/**
 * A stash was not restored, and its view is mounted afresh; or it was not kept: `unfit`, and the view goes on without, or
 * `superseded`, and its page joins anew.
 */
export const stashRefused: Event<{ readonly view: string; readonly reason: StashRefusal }> =
  event("bennu.live.stash.refuse")

/** The store of stashes failed, or was too slow. The view goes on without. */
export const stashFailed: Event<{ readonly view: string; readonly error: unknown }> =
  event("bennu.live.stash.fail")

/** A file that was uploaded is no longer needed: it was consumed, cancelled, or its view has ended. */
export const uploadEnded: Event<{
  readonly view: string
  readonly upload: string
  readonly bytes: number
  /** All of it had come. */
  readonly complete: boolean
  readonly consumed: boolean
}> = event("bennu.live.upload.end")

/** A file was not taken: what it was to be written to failed, or its first bytes are not what its name says. */
export const uploadFailed: Event<{
  readonly view: string
  readonly upload: string
  readonly error: UploadError
}> = event("bennu.live.upload.fail")

/** Somebody wanted to upload what nobody allowed. */
export const uploadRefused: Event<{ readonly reason: string }> = event("bennu.live.upload.refuse")

export interface FrameDrawn {
  readonly view: string
  /** The assigns that are others than when its page was last told; `(flash)`, `(url)`, `(streams)`, `(uploads)` for what is beside them. */
  readonly changed: readonly string[]
  /** Where in the tree something was said: `1.k.3.0` is the first hole of the fourth row in the second hole, `c.2.0` the first of the second component. */
  readonly places: readonly string[]
  readonly bytes: number
}

/** A view was drawn again and its page is told: what had changed, where that shows, and how many bytes it takes. For development. */
export const frameDrawn: Event<FrameDrawn> = event("bennu.live.frame.draw")

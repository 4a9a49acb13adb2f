import type { Flash } from "@bennu/plug"
import type { PubSub } from "@bennu/pubsub"
import type { Nesting } from "../nested/nesting.ts"
import type { ResolvedLiveLimits } from "../options.ts"
import type { Frame } from "../render/view-html.ts"
import type { WireFrame } from "../render/view-renderer.ts"
import type { StashKeeper } from "../stash/stash-keeper.ts"
import type { RefusedReason } from "../telemetry.ts"
import type { TemporaryFolder } from "../upload/temporary-folder.ts"
import type { Sent } from "./arriving.ts"
import type { Running } from "./callback.ts"
import type { DefinedView } from "./defined-view.ts"
import type { Locate, Patched } from "./patching.ts"
import type { PageEvent, SocketState } from "./socket-state.ts"
import type { ViewProcess } from "./view-process.ts"

/** The page at the other end. */
export interface Page {
  push(event: string, payload: object): void
  /** Null when it has read what it was sent; otherwise resolves once it has. */
  whenRead(): Promise<void> | null
  /** The view went elsewhere: it will not be joined again. */
  close(): void
  crash(error: unknown): void
  /** An event of the page did not reach its handler; it is answered all the same. */
  refused(event: string, reason: RefusedReason): void
  /** The page was asked for so many files, and will tell of them so often: it is not held against it. */
  expect(files: number, events: number): void
}

/** Where a view's files go, and what lets its page send them. */
export interface UploadPlace {
  readonly folder: TemporaryFolder
  /** By the refs of an upload and of a file of it. */
  readonly sign: (upload: string, entry: string) => string
}

/** All that one view of one page needs. */
export interface ViewProcessOptions {
  /** For telemetry. */
  readonly name: string
  readonly view: DefinedView
  readonly frame: Frame
  readonly running: Running
  readonly limits: ResolvedLiveLimits
  readonly pubsub: PubSub
  readonly locate: Locate
  /** What travels with the page when it leaves; undefined for no flash. */
  readonly signFlash: (flash: Flash) => string | undefined
  readonly page: Page
  readonly uploads: UploadPlace
  /** What stands for views in its markup. */
  readonly nesting: Nesting
  /** Where its page was when it was mounted. */
  readonly pageUrl: URL
  /** Keeps what outlives the process. */
  readonly keeper?: StashKeeper | null
  /** Its page's address is its own; other views have their page's. */
  readonly routed: boolean
  /** Stays when its page goes elsewhere. */
  readonly sticky?: boolean
  /** Whose page patches when a view without an address asks for it. */
  readonly root?: ViewProcess | null
}

/** Where the page is sent. */
export type Departure =
  | { readonly redirect: { readonly to: string; readonly flash?: string } }
  | {
      readonly live_redirect: {
        readonly to: string
        readonly kind: "push" | "replace"
        readonly flash?: string
      }
    }

/** How a join ended: with a view, or elsewhere. */
export type Joined =
  | { readonly kind: "mounted"; readonly rendered: WireFrame; readonly patched: Patched | null }
  | { readonly kind: "gone"; readonly response: Departure; readonly events: readonly PageEvent[] }

/** Answers a message of the page, once. */
export type Reply = (response: object) => void

export type Elsewhere = Exclude<NonNullable<SocketState["leaving"]>, { readonly kind: "patch" }>

/** What a page is told that is sent elsewhere, with the flash that goes along. */
export function departure(
  signFlash: ViewProcessOptions["signFlash"],
  leaving: Elsewhere,
  put: Flash,
  events: readonly PageEvent[],
): Extract<Joined, { readonly kind: "gone" }> {
  const token = signFlash(put)
  const flash = token === undefined ? {} : { flash: token }
  if (leaving.kind === "redirect") {
    return { kind: "gone", response: { redirect: { to: leaving.to, ...flash } }, events }
  }
  const kind = leaving.replace ? ("replace" as const) : ("push" as const)
  const live_redirect = { to: leaving.to, kind, ...flash }
  return { kind: "gone", response: { live_redirect }, events }
}

/** Tells a page where it goes, in answer to what it asked, or by itself. */
export function sendAway(
  { page, signFlash }: Pick<ViewProcessOptions, "page" | "signFlash">,
  { leaving, put }: { readonly leaving: Elsewhere; readonly put: Flash },
  events: readonly PageEvent[],
  reply: Reply | null,
): void {
  if (events.length > 0) page.push("diff", { e: events })
  const { response } = departure(signFlash, leaving, put, events)
  if (reply) reply(response)
  else for (const [event, payload] of Object.entries(response)) page.push(event, payload)
}

/** As {@link departure}, for what a mount or a guard redirects. */
export const sentElsewhere = (
  signFlash: ViewProcessOptions["signFlash"],
  { redirect, flash, events }: Sent,
): Extract<Joined, { readonly kind: "gone" }> =>
  departure(signFlash, redirect.leaving, flash, events)

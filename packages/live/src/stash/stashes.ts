import type { Result } from "@bennu/core"
import type { Secret } from "@bennu/core/crypto"
import type { JoinPayload } from "../join/join-payload.ts"
import type { Taken } from "../join/seats.ts"
import { stashFailed, stashRefused, stashRestored } from "../telemetry.ts"
import type { Assigns } from "../view/defined-view.ts"
import { type KeeperHome, StashKeeper } from "./stash-keeper.ts"
import type { ResolvedStashOptions } from "./stash-options.ts"
import { STASH_PARAM } from "./stash-page.ts"
import { type Belonging, type Kept, type StashRefusal, StashSeal } from "./stash-seal.ts"
import { StashStore } from "./stash-store.ts"

/** A view's keeper, and what an earlier run of the view left. */
export interface OpenedStash {
  readonly keeper: StashKeeper
  readonly restored: Assigns | null
}

/** Which view it is for. */
interface StashSeat extends Pick<Taken, "pageKey"> {
  readonly seat: Pick<Taken["seat"], "name" | "view" | "visitor" | "pageUrl">
}

// views that crashed and were not left since
const CRASHED = 10_000

/** The stashes of one live socket. */
export class Stashes implements KeeperHome {
  readonly seal: StashSeal
  readonly store: StashStore | null
  readonly interval: number
  readonly now: () => number
  draining = false
  readonly #options: ResolvedStashOptions
  readonly #keepers = new Set<StashKeeper>()
  readonly #crashed = new Map<string, number>()

  constructor(secret: Secret, options: ResolvedStashOptions) {
    this.#options = options
    this.seal = new StashSeal(secret, options)
    this.store = options.store && new StashStore(options.store, options)
    this.interval = options.interval
    this.now = options.now
  }

  /** For a view that joins, and is not there any more. Null for one that keeps nothing, or that nobody could keep anything for. */
  async open(
    element: string,
    { seat, pageKey }: StashSeat,
    { mounts, params }: Pick<JoinPayload, "mounts" | "params">,
  ): Promise<OpenedStash | null> {
    const { visitor = null, name: view } = seat
    const declared = seat.view.stash
    if (!declared || visitor === null) return null
    const told = this.#options.browser ? params[STASH_PARAM] : undefined
    const key = this.store && pageKey !== null ? `bennu.live.stash:${pageKey}` : null
    if (told === undefined && key === null) return null
    const belonging = { visitor, view }
    const page = pageKey ?? ""
    const place = { page, path: seat.pageUrl.pathname, first: mounts === 0 }
    const brought = typeof told === "string" ? this.#read(belonging, told, place) : null
    const claimed = key && mounts > 0 ? await this.#claim(view, key, mounts) : null
    const stored = claimed?.token ? this.#read(belonging, claimed.token, place) : null
    const kept = newer(brought, stored)
    // who does not know what the store has writes over nothing that is there
    const unclaimed = key !== null && mounts > 0 ? 0 : Math.max(kept?.generation ?? 0, mounts) + 1
    const generation = claimed?.generation ?? unclaimed
    const restored = kept && (await this.#revive(seat, kept))
    const from = kept === stored ? "store" : "browser"
    if (restored) stashRestored.emit(() => ({ view, from }))
    const of = { declared, belonging, page, generation, key }
    const keeper = new StashKeeper(this, { ...of, element: told === undefined ? null : element })
    this.#keepers.add(keeper)
    return { keeper, restored }
  }

  forget(keeper: StashKeeper): void {
    this.#keepers.delete(keeper)
  }

  crashed(page: string, generation: number): void {
    if (page === "") return
    this.#crashed.delete(page)
    this.#crashed.set(page, generation)
    const [oldest] = this.#crashed.keys()
    if (this.#crashed.size > CRASHED && oldest !== undefined) this.#crashed.delete(oldest)
  }

  /** The server stops: every view is put away, and what changes from now on is kept before its page is told. */
  async drain(): Promise<void> {
    this.draining = true
    const all = [...this.#keepers]
    await Promise.all(all.flatMap((keeper) => [keeper.tell(), keeper.save()]))
  }

  async #claim(view: string, key: string, mounts: number) {
    try {
      return (await this.store?.claim(key, mounts)) ?? null
    } catch (error) {
      // a store that is down is no reason not to show the page
      stashFailed.emit(() => ({ view, error }))
      return null
    }
  }

  #read(of: Belonging, token: string, place: Place): Kept | null {
    const { view } = of
    const opened = this.seal.open(of, token)
    const placed = opened.ok ? this.#placed(opened.value, place) : opened
    if (placed.ok) return placed.value
    stashRefused.emit(() => ({ view, reason: placed.error }))
    return null
  }

  #placed(kept: Kept, { page, path, first }: Place): Result<Kept, StashRefusal> {
    // a page that is loaded anew has another name, and its browser what the last one kept
    const here = kept.path === path && (kept.page === page || first)
    if (!here) return { ok: false, error: "misplaced" }
    const crashed = this.#crashed.get(kept.page) ?? 0
    return kept.generation <= crashed ? { ok: false, error: "crashed" } : { ok: true, value: kept }
  }

  async #revive(
    { view, name }: StashSeat["seat"],
    { values, version }: Kept,
  ): Promise<Assigns | null> {
    const revived = await view.stash?.revive(values, version)
    if (revived?.ok) return revived.value
    if (revived) stashRefused.emit(() => ({ view: name, reason: revived.error }))
    return null
  }
}

interface Place {
  readonly page: string
  readonly path: string
  /** The page joins its view for the first time. */
  readonly first: boolean
}

function newer(one: Kept | null, other: Kept | null): Kept | null {
  if (!one || !other) return one ?? other
  return (other.generation - one.generation || other.count - one.count) > 0 ? other : one
}

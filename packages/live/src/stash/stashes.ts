import { randomInt } from "node:crypto"
import type { Result } from "@bennu/core"
import type { Secret } from "@bennu/core/crypto"
import { StashUnclearError } from "../errors.ts"
import type { JoinPayload } from "../join/join-payload.ts"
import type { Taken } from "../join/seats.ts"
import { stashFailed, stashRefused, stashRestored } from "../telemetry.ts"
import type { Assigns } from "../view/defined-view.ts"
import { type Ending, Endings, type PutAway, remember } from "./endings.ts"
import { type HeldStash, type KeeperHome, StashKeeper } from "./stash-keeper.ts"
import type { ResolvedStashOptions } from "./stash-options.ts"
import { STASH_PARAM } from "./stash-page.ts"
import {
  type Belonging,
  isLater,
  type Kept,
  type Moment,
  type StashRefusal,
  StashSeal,
} from "./stash-seal.ts"
import { type Entry, StashStore } from "./stash-store.ts"

/** A view's keeper, and what an earlier run of the view left. */
export interface OpenedStash {
  readonly keeper: StashKeeper
  readonly restored: Assigns | null
}

/** Which view it is for. */
interface StashSeat extends Pick<Taken, "pageKey" | "navigated" | "joins"> {
  readonly seat: Pick<
    Taken["seat"],
    "name" | "view" | "visitor" | "pageUrl" | "locate" | "sticky" | "inner"
  >
}

/** What was kept of a view, where it was found, and what is made of it. */
interface Found {
  readonly kept: Kept
  readonly token: string
  readonly from: "browser" | "store" | "memory"
}
interface Chosen extends Found {
  readonly values: Assigns
}

/** Where a view comes back. */
interface Place {
  readonly belonging: Belonging
  readonly page: string
  readonly path: string
  /** Its page's address is its own. */
  readonly routed: boolean
  /** The page joins it for the first time. */
  /** What its page counts rises as long as the page is there: it does not go to it again and begin anew. */
  readonly steady: boolean
  readonly first: boolean
  readonly joins: number
  /** The store may have what the page has left, which it would not tell from this. */
  readonly unclear: boolean
}

// views whose store failed
const HELD = 1_000

/** The stashes of one live socket. */
export class Stashes implements KeeperHome {
  readonly seal: StashSeal
  readonly store: StashStore | null
  readonly interval: number
  readonly now: () => number
  draining = false
  readonly #options: ResolvedStashOptions
  readonly #keepers = new Set<StashKeeper>()
  readonly #endings: Endings
  readonly #held = new Map<string, HeldStash>()

  constructor(secret: Secret, options: ResolvedStashOptions) {
    this.#options = options
    this.seal = new StashSeal(secret, options)
    this.store = options.store && new StashStore(options.store, options)
    this.interval = options.interval
    this.now = options.now
    this.#endings = new Endings(options)
  }

  /**
   * For a view that joins, and is not there any more. Null for one that keeps nothing, or that nobody could keep anything for. Rejects
   * where the store may still have what the page has left, and the joins that it counts would not outdate that.
   */
  async open(
    element: string,
    { seat, pageKey, navigated, joins }: StashSeat,
    { mounts, params }: Pick<JoinPayload, "mounts" | "params">,
    socket: object,
  ): Promise<OpenedStash | null> {
    const { visitor = null, view, name, locate, sticky = false, inner = false, pageUrl } = seat
    if (!view.stash || visitor === null || pageKey === null) return null
    const told = this.#options.browser ? params[STASH_PARAM] : undefined
    const key = this.store && `bennu.live.stash:${pageKey}`
    if (told === undefined && key === null) return null
    const belonging = { visitor, view: name }
    const first = mounts === 0
    const ended = this.#endings.of(pageKey)
    const unclear = ended !== null && this.#endings.isPending(pageKey) && joins <= ended.joins
    const after = ended?.generation ?? 0
    const path = sticky ? "" : pageUrl.pathname
    const routed = locate !== null
    const steady = !navigated && (routed || inner)
    const place = { belonging, page: pageKey, path, routed, steady, first, joins, unclear }
    const known = [
      typeof told === "string" ? this.#read(place, told, "browser") : null,
      this.#heldFor(place, key, navigated ? socket : null),
    ].filter((found) => found !== null)
    const above = [joins, after, ...known.map(({ kept }) => kept.generation)]
    const least = Math.max(...above.map((known) => known + 1), generationNow())
    const taken = key && !first ? await this.#claim(seat, place, { key, known, least }) : null
    const cleared =
      key && first && (navigated || ended)
        ? await this.#clear(place, { key, least, must: navigated || unclear })
        : null
    if (taken?.entry || cleared) this.#endings.settle(pageKey)
    const chosen = taken ? taken.chosen : await this.#choose(seat, place, known, null)
    if (chosen) stashRestored.emit(() => ({ view: name, from: chosen.from }))
    const keeper = new StashKeeper(this, {
      ...{ declared: view.stash, belonging, page: pageKey, navigated, joins, key, socket },
      generation: (taken?.entry ?? cleared)?.generation ?? least,
      owned: (taken?.entry ?? cleared) != null,
      recorded: taken !== null && (taken.begun || chosen?.from !== "memory"),
      element: told === undefined ? null : element,
      ...{ after, parts: chosen?.kept.parts ?? [] },
    })
    this.#keepers.add(keeper)
    return { keeper, restored: chosen?.values ?? null }
  }

  forget(keeper: StashKeeper): void {
    this.#keepers.delete(keeper)
  }

  ended(page: string, ending: Ending, putAway: PutAway | null): void {
    void this.#endings.add(page, ending, putAway)
  }

  hold(key: string, held: HeldStash | null): void {
    if (held === null) this.#held.delete(key)
    else remember(this.#held, key, held, HELD)
  }

  /** The server stops: every view is put away, and what changes from now on is kept before its page is told. */
  async drain(): Promise<void> {
    this.draining = true
    const all = [...this.#keepers]
    const saved = all.flatMap((keeper) => [keeper.tell(), keeper.save()])
    await Promise.all([...saved, this.#endings.again()])
  }

  /** What was kept of an earlier visit is no longer wanted: this one is written down in its place, by which they can be told apart. */
  async #clear(
    { joins, belonging }: Place,
    { key, least, must }: { readonly key: string; readonly least: number; readonly must: boolean },
  ): Promise<Entry | null> {
    this.hold(key, null)
    try {
      const entry = await this.store?.update(key, (there) => {
        const generation = Math.max(there.generation + 1, least)
        return { joins, generation, count: 0, token: null }
      })
      return entry ?? null
    } catch (error) {
      stashFailed.emit(() => ({ view: belonging.view, error }))
      if (must) throw new StashUnclearError(error)
      return null
    }
  }

  /** Takes a view over from whoever has it, with what is the newest of it. */
  async #claim(
    seat: StashSeat["seat"],
    place: Place,
    {
      key,
      known,
      least,
    }: { readonly key: string; readonly known: readonly Found[]; readonly least: number },
  ) {
    const taken = { chosen: null as Chosen | null, entry: null as Entry | null, begun: false }
    try {
      taken.entry =
        (await this.store?.update(key, async (there) => {
          taken.chosen = await this.#choose(seat, place, known, there)
          taken.begun = true
          const generation = Math.max(there.generation + 1, least)
          return { joins: place.joins, generation, count: 0, token: taken.chosen?.token ?? null }
        })) ?? null
      this.hold(key, null)
    } catch (error) {
      // a store that is down is no reason not to show the page
      stashFailed.emit(() => ({ view: place.belonging.view, error }))
      if (place.unclear) throw new StashUnclearError(error)
      if (!taken.begun) taken.chosen = await this.#choose(seat, place, known, null)
    }
    return taken
  }

  /** The newest there is, if it can be shown. What is older than that is not: the page may have seen the newer one. */
  async #choose(
    { view }: StashSeat["seat"],
    place: Place,
    known: readonly Found[],
    there: Entry | null,
  ): Promise<Chosen | null> {
    const stored = there?.token ? this.#stored(place, there, there.token) : null
    const [newest = null] = [...known, ...(stored ? [stored] : [])].sort(newestFirst)
    if (!newest) return null
    if (there && there.joins < place.joins && newest !== stored && outdates(there, newest.kept)) {
      return this.#refuse(place, "outdated")
    }
    const { values, version } = newest.kept
    const revived = await view.stash?.revive(values, version)
    if (!revived) return null
    return revived.ok ? { ...newest, values: revived.value } : this.#refuse(place, revived.error)
  }

  #stored(place: Place, { joins }: Entry, token: string): Found | null {
    // the page was shown it since by somebody who could not write it down
    if (joins < place.joins - 1) return this.#refuse(place, "outdated")
    return this.#read(place, token, "store")
  }

  /** @param socket Which alone may have it: its page may have been here before, by another one. Null for any. */
  #heldFor(place: Place, key: string | null, socket: object | null): Found | null {
    const held = key === null ? undefined : this.#held.get(key)
    if (!held || (socket && held.socket.deref() !== socket)) return null
    const found = this.#read(place, held.token, "memory")
    return found && found.kept.joins < place.joins - 1 ? this.#refuse(place, "outdated") : found
  }

  #read(place: Place, token: string, from: Found["from"]): Found | null {
    const opened = this.seal.open(place.belonging, token)
    const placed = opened.ok ? this.#placed(opened.value, place) : opened
    return placed.ok ? { kept: placed.value, token, from } : this.#refuse(place, placed.error)
  }

  #placed(kept: Kept, { page, path, routed, steady, first }: Place): Result<Kept, StashRefusal> {
    // a page that is loaded anew has another name, and its browser what the last one kept; what has no address goes where its page goes
    const here = kept.page === page ? kept.path === path || !routed : first && kept.path === path
    if (!here) return { ok: false, error: "misplaced" }
    const ended = this.#endings.of(kept.page)
    return ended && isOver(ended, kept, steady)
      ? { ok: false, error: ended.why }
      : { ok: true, value: kept }
  }

  #refuse({ belonging: { view } }: Place, reason: StashRefusal): null {
    stashRefused.emit(() => ({ view, reason }))
    return null
  }
}

/** Processes that cannot know of each other are told apart all the same, and the later one counts more: half microseconds. */
const generationNow = (): number =>
  Math.floor((performance.timeOrigin + performance.now()) * 1000) * 2 + randomInt(2)

/** Of two that answered the same join of its page, it was the one whose stash the page has. */
function newestFirst(one: Found, other: Found): number {
  const [a, b] = [one.kept, other.kept]
  if (a.joins === b.joins && a.generation !== b.generation) {
    if (one.from === "browser") return -1
    if (other.from === "browser") return 1
  }
  return isLater(a, b) ? -1 : 1
}

/** Whether something was kept of what has ended since. */
const isOver = (ended: Ending, kept: Moment, steady: boolean): boolean =>
  steady && kept.joins !== ended.joins
    ? kept.joins < ended.joins
    : kept.generation <= ended.generation

/** Whether whoever wrote an entry had something newer, and its page was shown it. */
const outdates = (there: Entry, kept: Moment): boolean =>
  isLater(there, kept) && (there.joins > kept.joins || there.generation === kept.generation)

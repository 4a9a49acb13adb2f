import type { Awaitable } from "@bennu/core"
import { NavigationError } from "../errors.ts"
import { type Address, handleParams, placeOf } from "./arriving.ts"
import type { Running } from "./callback.ts"
import type { DefinedView } from "./defined-view.ts"
import type { Leaving, SocketState } from "./socket-state.ts"

/** Finds what a path of this site shows; null where another view, another live session or nothing is. */
export type Locate = (target: string) => Address | null

/** A patch is the root's business: it has the address. */
export function lifted(
  root: { patch(leaving: Leaving): void } | null,
  state: SocketState,
): SocketState {
  if (!root || !isPatch(state.leaving)) return state
  root.patch(state.leaving)
  return { ...state, leaving: null }
}

/** The last patch that was followed, as the page is told of it. */
export interface Patched {
  readonly to: string
  readonly kind: "push" | "replace"
}

// As in the reference: a view that patches itself more often than this never settles.
const MAX_PATCHES = 20

export interface Followed {
  readonly state: SocketState
  readonly patched: Patched | null
}

/** The state at another address: what the callback before asked for stays, but for where to go. */
export async function moved(
  view: DefinedView,
  running: Running,
  state: SocketState,
  address: Address,
): Promise<SocketState> {
  const place = await placeOf(view, running.scope, address)
  return handleParams(view, running, { ...state, ...place, leaving: null })
}

/**
 * Follows `pushPatch` until a callback asks for none.
 * @throws {NavigationError} when a patch leads to another view, or when there is no end to them.
 */
export const followPatches = (
  view: DefinedView,
  running: Running,
  state: SocketState,
  locate: Locate,
): Awaitable<Followed> =>
  isPatch(state.leaving) ? follow(view, running, state, locate) : { state, patched: null }

async function follow(
  view: DefinedView,
  running: Running,
  from: SocketState,
  locate: Locate,
): Promise<Followed> {
  let state = from
  let patched: Patched | null = null
  for (let count = 0; isPatch(state.leaving); count++) {
    const { to, replace } = state.leaving
    if (count === MAX_PATCHES) {
      throw new NavigationError(
        to,
        `is patch ${count} in a row`,
        "Patch only when something changed.",
      )
    }
    const address = locate(to)
    if (!address) {
      const hint = "Use pushNavigate for another view, redirect for a page that is none."
      throw new NavigationError(to, "does not show this view", hint)
    }
    patched = { to, kind: replace ? "replace" : "push" }
    state = await moved(view, running, state, address)
  }
  return { state, patched }
}

const isPatch = (leaving: Leaving | null): leaving is Leaving & { readonly kind: "patch" } =>
  leaving?.kind === "patch"

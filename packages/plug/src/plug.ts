import type { Awaitable } from "@bennu/core"
import type { Assigned, Conn } from "./conn.ts"
import type { Reply } from "./reply.ts"

/** What a plug or handler comes to: at once where it can, as a promise where it must. */
export type Answer = Awaitable<Response | Reply>

declare const needs: unique symbol
declare const adds: unique symbol

/** Runs around the rest of the request. `Needs` is what must already be assigned, `Adds` is what it assigns. */
export interface Plug<Needs = {}, Adds = {}> {
  (conn: Conn<Needs>, next: (conn: Conn<Assigned<Needs, Adds>>) => Answer): Answer
  readonly [needs]?: (value: Needs) => void
  readonly [adds]?: Adds
}

/** Whatever a plug needs and adds: types tell plugs apart, and a list holds all of them. */
export type AnyPlug = (conn: never, next: never) => Answer

export type AddsOf<P> = P extends Plug<infer _, infer A> ? A : never
type NeedsOf<P> = P extends Plug<infer N, infer _> ? N : never
type Sum<T, Have = {}> = T extends readonly [infer P, ...infer Rest]
  ? Sum<Rest, Assigned<Have, AddsOf<P>>>
  : Have
/** `unknown` where each plug finds what it needs, which leaves a list of them as it is. */
type Missing<T, Have = {}> = T extends readonly [infer P, ...infer Rest]
  ? Have extends NeedsOf<P>
    ? Missing<Rest, Assigned<Have, AddsOf<P>>>
    : { readonly "a plug is missing before the one that needs": NeedsOf<P> }
  : unknown

// an intersection, so that a pipeline written in place is still inferred: TypeScript leaves bare function types for later
/** Plugs in a row, themselves a plug. */
export type Pipeline<A> = Plug<{}, A> & { readonly plugs: readonly AnyPlug[] }

/**
 * Puts plugs in a row: each runs around all that follow. It is a plug, so that pipelines are built of pipelines. Make each
 * once, and give the same value to every scope that it guards: live views behind the same value share a session.
 */
export function pipeline<const T extends readonly AnyPlug[]>(
  ...plugs: T & Missing<T>
): Pipeline<Sum<T>> {
  const flat = plugs.flatMap(plugsOf)
  // `Missing` has checked that each finds what it needs
  const row = flat.map((plug) => plug as Plug)
  const run: Plug<{}, Sum<T>> = (conn, next) => {
    // whoever comes after the last finds what all of them assigned
    const rest = next as (conn: Conn) => Answer
    const from = (index: number, conn: Conn): Answer => {
      const plug = row[index]
      return plug === undefined ? rest(conn) : plug(conn, (conn) => from(index + 1, conn))
    }
    return from(0, conn)
  }
  return Object.assign(run, { plugs: flat })
}

/** The plugs of a pipeline, or the plug itself. @internal */
export const plugsOf = (plug: AnyPlug): readonly AnyPlug[] =>
  isPipeline(plug) ? plug.plugs : [plug]

const isPipeline = (plug: AnyPlug): plug is AnyPlug & { readonly plugs: readonly AnyPlug[] } =>
  "plugs" in plug

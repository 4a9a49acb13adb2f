import type { StandardSchemaV1 } from "@bennu/core"
import { type ClientHook, clientHook, type HookCallbacks, type HookContext } from "./client-hook.ts"

/** What `this` is in the functions of a hook with a contract: it pushes what the view takes, and hears what the view says. */
export interface TypedHookContext<P, H> extends Omit<HookContext, "pushEvent" | "handleEvent"> {
  pushEvent<K extends keyof P & string>(
    event: K,
    payload: P[K],
    reply?: (reply: unknown, ref: number) => void,
  ): Promise<unknown>
  handleEvent<K extends keyof H & string>(event: K, heard: (payload: H[K]) => void): unknown
}

/** Both sides of a hook: what its page pushes and hears is what its view takes and says. */
export interface HookContract<P, H> {
  /** For `events` of the view or component: `events: { save: {}, ...Chart.events }`. */
  readonly events: { readonly [K in keyof P]: StandardSchemaV1<unknown, P[K]> }
  /** Says something to the hook: `Chart.push(socket, "points", [1, 2])`. */
  push<S extends { pushEvent(name: string, payload?: unknown): S }, K extends keyof H & string>(
    socket: S,
    event: K,
    payload: NoInfer<H[K]>,
  ): S
  /** The hook itself, beside its markup. One that is written for the bundler has `this: HookOf<typeof Chart>`. */
  hook<C extends HookCallbacks>(hook: C & ThisType<C & TypedHookContext<P, H>>): ClientHook
}

/** What `this` is in a hook of a contract. */
export type HookOf<C> = C extends HookContract<infer P, infer H> ? TypedHookContext<P, H> : never

/**
 * Binds the two sides of a hook by types: a payload that the other side does not know does not compile. `H` is what the page hears, the
 * schemas are what it pushes, which reaches a handler only when it fits.
 * @example const Chart = hookContract<{ points: readonly number[] }>()("Chart", { zoom: z.object({ from: z.number() }) })
 */
export const hookContract =
  <H = {}>() =>
  <P = {}>(
    name: string,
    pushes: { readonly [K in keyof P]: StandardSchemaV1<unknown, P[K]> },
  ): HookContract<P, H> => ({
    events: pushes,
    push: (socket, event, payload) => socket.pushEvent(event, payload),
    hook: (hook) => clientHook(name, hook),
  })

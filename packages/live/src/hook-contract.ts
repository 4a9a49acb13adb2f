import type { StandardSchemaV1 } from "@bennu/core"
import { type Attrs, attrs } from "@bennu/html"
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

/** What the view gives the element of a hook, as it is now: read it when the hook is mounted, and again when it is `updated`. */
export interface WithProps<D> {
  props(): D
}
/** Props of an element, to be given where there are some. */
export type GivenProps<D> = {} extends D ? { readonly props?: D } : { readonly props: D }

/** Both sides of a hook: what its page pushes and hears is what its view takes and says. */
export interface HookContract<P, H, D = {}> {
  /** For `events` of the view or component: `events: { save: {}, ...Chart.events }`. */
  readonly events: { readonly [K in keyof P]: StandardSchemaV1<unknown, P[K]> }
  /** Says something to the hook: `Chart.push(socket, "points", [1, 2])`. */
  push<S extends { pushEvent(name: string, payload?: unknown): S }, K extends keyof H & string>(
    socket: S,
    event: K,
    payload: NoInfer<H[K]>,
  ): S
  /**
   * The hook itself, beside its markup. One that is written for the bundler has `this: HookOf<typeof Chart>`, and reads its props by
   * `propsOf` of `@bennu/live/client`.
   */
  hook<C extends HookCallbacks>(
    hook: C & ThisType<C & TypedHookContext<P, H> & WithProps<D>>,
  ): ClientHook
  /**
   * The attributes of an element that is the page's own, such as a chart, a map, an editor or a component of another framework: what stands in it
   * the view neither draws nor touches. Other `props` reach its hook, which is told by `updated`.
   * @example html`<canvas ${Chart.attrs({ id: "chart", props: { points } })}></canvas>`
   */
  attrs(given: { readonly id: string } & GivenProps<NoInfer<D>>): Attrs
}

/** What `this` is in a hook of a contract. */
export type HookOf<C> =
  C extends HookContract<infer P, infer H, infer _> ? TypedHookContext<P, H> : never
/** What the element of a contract's hook is given. */
export type PropsOf<C> = C extends HookContract<infer _P, infer _H, infer D> ? D : never

/**
 * Binds the two sides of a hook by types: a payload that the other side does not know does not compile. `H` is what the page hears, the
 * schemas are what it pushes, which reaches a handler only when it fits; `D` are the props that its element is given, as JSON.
 * @example const Chart = hookContract<{ points: readonly number[] }>()("Chart", { zoom: z.object({ from: z.number() }) })
 */
export const hookContract =
  <H = {}, D = {}>() =>
  <P = {}>(
    name: string,
    pushes: { readonly [K in keyof P]: StandardSchemaV1<unknown, P[K]> },
  ): HookContract<P, H, D> => ({
    events: pushes,
    push: (socket, event, payload) => socket.pushEvent(event, payload),
    hook: (hook) => clientHook(name, { props, ...hook }),
    attrs: ({ id, props = {} }) =>
      attrs({
        ...{ id, "phx-hook": name, "phx-update": "ignore" },
        "data-props": JSON.stringify(props),
      }),
  })

/** Travels to the page, and runs there. */
function props(this: HookContext): unknown {
  return JSON.parse(this.el.dataset["props"] ?? "{}")
}

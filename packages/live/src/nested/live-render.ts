import { type Html, type Renderable, rendered } from "@bennu/html"
import type { Conn } from "@bennu/plug"
import type { Container, LiveView } from "../live-view.ts"
import { checkContainer } from "../route/container.ts"
import { DefinedView } from "../view/defined-view.ts"
import { controllerRender } from "./controller-render.ts"
import { type Nested, placed } from "./nesting.ts"

/** What a view that stands in another's markup is called, and given. */
export interface NestedOptions {
  /** Of its element: the same at each rendering, and no other's on the page. */
  readonly id: string
  readonly container?: Container | undefined
  /** Lives on when the page around it changes by live navigation, provided that the next one holds it too. Put it in a live layout. */
  readonly sticky?: boolean | undefined
  /** Its crash is also that of the view around it: where one is no good without the other. */
  readonly linked?: boolean | undefined
}

/** What `session` of the view takes: to be given where it needs something. */
export type GivenSession<X> = {} extends X ? { readonly session?: X } : { readonly session: X }

class NestedView implements Renderable {
  readonly #nested: Nested
  constructor(nested: Nested) {
    this.#nested = nested
  }
  [rendered](): Html {
    return placed(this.#nested)
  }
}

/**
 * A view inside of a view: a process of its own, with a state, events and crashes of its own. The view around it, or its live session,
 * names it in `views`.
 * @example html`<nav>${liveRender(Clock, { id: "clock", sticky: true, session: { zone: "UTC" } })}</nav>`
 */
export function liveRender<X>(
  view: LiveView<never, never, X>,
  options: NestedOptions & GivenSession<NoInfer<X>>,
): Renderable
/**
 * A view inside of a page that a controller answers a GET with. When its socket joins, the same pipeline and the same controller run
 * again, on a conn whose `transport` is `"live"`: what no longer renders the view refuses it.
 * @param options `secret`, the live socket's.
 */
export function liveRender<S, X>(
  conn: Conn<{ scope: S }>,
  view: LiveView<S, never, X>,
  options: Omit<NestedOptions, "sticky" | "linked"> & ControllerSecret & GivenSession<NoInfer<X>>,
): Promise<Html>
export function liveRender(
  ...args:
    | readonly [LiveView<never, never, never>, NestedOptions & { readonly session?: unknown }]
    | readonly [
        Conn<{ scope: unknown }>,
        LiveView<never, never, never>,
        NestedOptions & ControllerSecret & { readonly session?: unknown },
      ]
): Renderable | Promise<Html> {
  if (args.length === 2) return new NestedView(nestedOf(...args))
  const [conn, view, options] = args
  return controllerRender(conn, nestedOf(view, options), options.secret)
}

/** What a controller's views are signed with. */
export interface ControllerSecret {
  readonly secret: import("@bennu/core/crypto").Secret
}

function nestedOf(
  view: LiveView<never, never, never>,
  options: NestedOptions & { readonly session?: unknown },
): Nested {
  const { id, container = {}, sticky = false, linked = false, session = {} } = options
  checkContainer(container)
  // as it will arrive, also where it does not travel
  const given: unknown = JSON.parse(JSON.stringify(session))
  const defined = DefinedView.from(view)
  const around = container.tag || container.attrs ? container : (defined.definition.container ?? {})
  return { view: defined, id, session: given, sticky, linked: linked && !sticky, container: around }
}

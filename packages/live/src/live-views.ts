import type { Guard, LiveView, LiveViewDefinition, Needed } from "./live-view.ts"
import { DefinedView } from "./view/defined-view.ts"

/** Makes a view of what it says about itself; what it does not say is inferred. */
export type DefineLiveView<S> = <
  A extends object = {},
  E = {},
  In = {},
  P = {},
  R = {},
  U = {},
  X = {},
>(
  view: LiveViewDefinition<S, A, E, In, P, R, U, X> & Guard<S, P>,
) => LiveView<S, Needed<In>, X>

/**
 * Tells the library once which scope an app's views get: `export const liveView = liveViews<UserScope>()`. `liveView({ … })` then
 * infers everything else: assigns from what `mount` returns, payloads from the schemas in `events`, messages from the topics in `subscribe`.
 */
export function liveViews<S>(): DefineLiveView<S> {
  return (definition) => DefinedView.of(definition)
}

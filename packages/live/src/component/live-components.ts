import { DefinedComponent } from "./defined-component.ts"
import type { LiveComponent, LiveComponentDefinition } from "./live-component.ts"

/** Makes a live component of what it says about itself; what it does not say is inferred. */
export type DefineLiveComponent<S> = <A extends object = {}, P = {}, E = {}, R = {}, U = {}>(
  component: LiveComponentDefinition<S, A, P, E, R, U>,
) => LiveComponent<S, P>

/**
 * Tells the library once which scope an app's live components get: `export const liveComponent = liveComponents<UserScope>()`. A live
 * component has a state and events of its own inside of a view; where neither is needed, a function from props to markup is enough.
 */
export function liveComponents<S>(): DefineLiveComponent<S> {
  return (definition) => DefinedComponent.of(definition)
}

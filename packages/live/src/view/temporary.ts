import type { SocketState } from "./socket-state.ts"

/** The state without what was only to be shown once. */
export function forgetting(
  { temporary = [] }: { readonly temporary?: readonly string[] },
  shown: SocketState,
): SocketState {
  const streams = shown.streams.sent()
  const state = streams === shown.streams ? shown : { ...shown, streams }
  if (temporary.length === 0) return state
  const held = temporary.filter((name) => state.assigns[name] !== undefined)
  if (held.length === 0) return state
  const gone = Object.fromEntries(held.map((name) => [name, undefined]))
  return { ...state, assigns: Object.freeze({ ...state.assigns, ...gone }) }
}

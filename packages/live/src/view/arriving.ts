import { type Awaitable, type Issue, pathOf, type StandardSchemaV1, validate } from "@bennu/core"
import type { Flash } from "@bennu/plug"
import { ParamsError, ViewForbiddenError } from "../errors.ts"
import { Redirect } from "../redirect.ts"
import type { Mount } from "../socket.ts"
import { inTime, type Running, runCallback } from "./callback.ts"
import type { DefinedView } from "./defined-view.ts"
import { firstState, type Place, type SocketState } from "./socket-state.ts"
import { assigned } from "./view-socket.ts"

/** An address that shows a view, as the router understood it. */
export interface Address {
  /** Of the path. */
  readonly params: Readonly<Record<string, string>>
  readonly url: URL
  readonly action: string | undefined
}

/** Who arrives at a view, and with what. */
export interface Arrival {
  readonly address: Address
  readonly flash: Flash
  readonly mounts: number
  readonly connectParams: Readonly<Record<string, unknown>>
}

/** Path and query parameters together: the path's win. */
function rawParams({ params, url }: Address): Record<string, string> {
  const raw: Record<string, string> = Object.create(null)
  for (const [name, value] of url.searchParams) raw[name] = value
  return Object.assign(raw, params)
}

function refused(issues: readonly Issue[], { params }: Address): ParamsError {
  const inPath = issues.some((issue) => Object.hasOwn(params, pathOf(issue)[0] ?? ""))
  return new ParamsError(issues, inPath ? 404 : 400)
}

async function paramsOf(schema: StandardSchemaV1 | undefined, address: Address): Promise<unknown> {
  if (!schema) return {}
  const result = await validate(schema, { ...rawParams(address) })
  if (!result.ok) throw refused(result.error, address)
  return result.value
}

/**
 * Where an address leads, for who may go there.
 * @throws {ParamsError} @throws {ViewForbiddenError} and whatever the view's `authorize` throws.
 */
export async function placeOf(view: DefinedView, scope: unknown, address: Address): Promise<Place> {
  const params = await paramsOf(view.definition.params, address)
  // a promise is no yes: only true is
  if (view.authorize(scope, params) !== true) throw new ViewForbiddenError()
  return { params, action: address.action, url: address.url }
}

/** `mount` sent whoever came elsewhere. */
export interface Sent {
  readonly redirect: Redirect
  readonly flash: Flash
}

/** Runs `mount` for who may come; what it did beside its assigns is in the state. */
export async function mountView(
  view: DefinedView,
  running: Running,
  { address, flash, mounts, connectParams }: Arrival,
): Promise<SocketState | Sent> {
  const place = await placeOf(view, running.scope, address)
  let state = firstState(place, flash)
  const { scope, connected, signal } = running
  const mount: Mount<unknown, unknown> = {
    ...{ ...place, scope, connected, connectParams, mounts, signal },
    pushEvent(name, payload = {}, { dispatch } = {}) {
      const event =
        dispatch === "before" ? ([name, payload, true] as const) : ([name, payload] as const)
      state = { ...state, events: [...state.events, event] }
    },
    putFlash(kind, message) {
      const put = { ...state.put, [kind]: message }
      state = { ...state, flash: { ...state.flash, [kind]: message }, put }
    },
  }
  const made = await inTime(view.definition.mount?.(mount) ?? {}, running)
  if (Redirect.is(made)) return { redirect: made, flash: state.put }
  return { ...state, assigns: assigned({}, made, running) }
}

/** Runs `handleParams`, where the view has it. */
export function handleParams(
  view: DefinedView,
  running: Running,
  state: SocketState,
): Awaitable<SocketState> {
  const { definition } = view
  if (!definition.handleParams) return state
  return runCallback("handleParams", running, state, (socket) =>
    definition.handleParams?.(socket, state.params),
  )
}

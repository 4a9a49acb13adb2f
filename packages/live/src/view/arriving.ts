import { type Awaitable, type Issue, pathOf, type StandardSchemaV1, validate } from "@bennu/core"
import type { Flash } from "@bennu/plug"
import type { Topic } from "@bennu/pubsub"
import { ParamsError, SessionError, ViewForbiddenError } from "../errors.ts"
import { Redirect } from "../redirect.ts"
import type { Mount } from "../socket.ts"
import { Streams } from "../stream/streams.ts"
import { Uploads } from "../upload/uploads.ts"
import { busyFor, inTime, type Running, runCallback } from "./callback.ts"
import type { Assigns, DefinedView } from "./defined-view.ts"
import { mountTools } from "./mount-tools.ts"
import { loadedOnce, type Once } from "./once.ts"
import { firstState, type PageEvent, type Place, type SocketState } from "./socket-state.ts"
import { throughHooks } from "./stages.ts"
import { assigned } from "./view-socket.ts"

/** An address that shows a view, as the router understood it. */
export interface Address {
  /** Of the path. */
  readonly params: Readonly<Record<string, string>>
  readonly url: URL
  readonly action: string | undefined
}

/** Who arrives at a view, and with what. */
export interface Arrival extends Once {
  readonly address: Address
  readonly flash: Flash
  readonly mounts: number
  readonly connectParams: Readonly<Record<string, unknown>>
  readonly staticChanged: boolean
  /** Hears a topic before anybody handles it. */
  readonly listen?: (topic: Topic<unknown>) => void
  /** What the view around this one gives it. */
  readonly session: unknown
  /** Where the mount for the page's first answer has led to; null to mount. */
  readonly made?: SocketState | null
  /** Assigns that survived an earlier run of this view; null when none did. */
  readonly restored?: Assigns | null
}

/** Path and query parameters together: the path's win. */
function rawParams({ params, url }: Address): Record<string, string> {
  const raw: Record<string, string> = Object.create(null)
  for (const [name, value] of url.searchParams) raw[name] = value
  return Object.assign(raw, params)
}

function refused(issues: readonly Issue[], { params }: Pick<Address, "params">): ParamsError {
  const inPath = issues.some((issue) => Object.hasOwn(params, pathOf(issue)[0] ?? ""))
  return new ParamsError(issues, inPath ? 404 : 400)
}

async function paramsOf(
  schema: StandardSchemaV1 | undefined,
  raw: Readonly<Record<string, string>>,
  address: Pick<Address, "params">,
): Promise<unknown> {
  if (!schema) return {}
  const result = await validate(schema, { ...raw })
  if (!result.ok) throw refused(result.error, address)
  return result.value
}

async function allowedParams(
  view: DefinedView,
  scope: unknown,
  raw: Readonly<Record<string, string>>,
  address: Pick<Address, "params">,
): Promise<unknown> {
  const params = await paramsOf(view.definition.params, raw, address)
  // a promise is no yes: only true is
  if (view.authorize(scope, params) !== true) throw new ViewForbiddenError()
  return params
}

/**
 * Where an address leads, for who may go there.
 * @throws {ParamsError} @throws {ViewForbiddenError} and whatever the view's `authorize` throws.
 */
export async function placeOf(view: DefinedView, scope: unknown, address: Address): Promise<Place> {
  const raw = rawParams(address)
  const params = await allowedParams(view, scope, raw, address)
  return { params, action: address.action, url: address.url, raw }
}

/** @throws {SessionError} when it is not what the view takes. */
async function sessionOf(schema: StandardSchemaV1 | undefined, given: unknown): Promise<unknown> {
  if (!schema) return {}
  const result = await validate(schema, given)
  if (result.ok) return result.value
  throw new SessionError(result.error)
}

/** `mount` or a guard sent whoever came elsewhere. */
export interface Sent {
  readonly redirect: Redirect
  readonly flash: Flash
  readonly events: readonly PageEvent[]
}

const sentBy = (redirect: Redirect, { put: flash, events }: SocketState): Sent => ({
  ...{ redirect, flash, events },
})

/** Runs `mount` for who may come; what it did beside its assigns is in the state. */
export async function mountView(
  view: DefinedView,
  running: Running,
  arrival: Arrival,
): Promise<SocketState | Sent> {
  const { mounting, mount } = await arrive(view, running, arrival)
  const sent = await passGuards(running, mount)
  if (sent) return sentBy(sent, mounting.state)
  const made = await inTime(
    busyFor("mount", running, () => view.definition.mount?.(mount) ?? {}),
    running,
  )
  const { state } = mounting
  if (Redirect.is(made)) return sentBy(made, state)
  return { ...state, assigns: assigned({}, { ...made, ...arrival.restored }, running) }
}

/** As {@link mountView} and {@link handleParams}; what is made already is asked for whether it may be seen, and not made again. */
export async function makeView(
  view: DefinedView,
  running: Running,
  { routed, ...arrival }: Arrival & { readonly routed: boolean },
): Promise<SocketState | Sent> {
  const { made = null, restored = null } = arrival
  if (made === null) {
    const mounted = await mountView(view, running, arrival)
    return routed && !("redirect" in mounted) ? handleParams(view, running, mounted) : mounted
  }
  const sent = await passAgain(view, running, arrival)
  return sent ?? { ...made, assigns: assigned(made.assigns, restored ?? {}, running) }
}

/** Whether whoever comes back to a view that lived on may still see it: all that guards it is asked anew, and nothing else happens. */
export async function passAgain(
  view: DefinedView,
  running: Running,
  arrival: Arrival,
): Promise<Sent | null> {
  const { mounting, mount } = await arrive(view, running, arrival)
  const sent = await passGuards(running, mount)
  return sent && sentBy(sent, mounting.state)
}

type AnyMount = Mount<unknown, unknown, Record<string, unknown>, unknown>

async function arrive(view: DefinedView, running: Running, arrival: Arrival) {
  const { address, flash, mounts, connectParams, staticChanged, restored = null } = arrival
  const place = await placeOf(view, running.scope, address)
  const session = await sessionOf(view.definition.session, arrival.session)
  const mounting = mountTools(
    firstState(place, flash, {
      streams: Streams.of(view.streams),
      uploads: Uploads.of(view.uploads),
    }),
    running,
  )
  const { params, action, url } = place
  const mount: AnyMount = {
    ...mounting.tools,
    ...{ params, action, url, session, connectParams, mounts, staticChanged },
    restored: restored !== null,
    once: (name, schema, load) => loadedOnce(arrival, name, schema, load),
    listen(...topics) {
      for (const topic of topics) arrival.listen?.(topic)
    },
  }
  return { mounting, mount }
}

async function passGuards(running: Running, mount: AnyMount): Promise<Redirect | null> {
  for (const guard of running.guards) {
    const sent = await inTime(guard({ ...mount, session: {} }), running)
    if (Redirect.is(sent)) return sent
  }
  return null
}

/** Runs `handleParams`, where the view has it. */
export function handleParams(
  view: DefinedView,
  running: Running,
  state: SocketState,
): Awaitable<SocketState> {
  const { definition } = view
  if (!definition.handleParams && state.hooks.length === 0) return state
  const { raw, url, hooks } = state
  return runCallback("handleParams", running, state, (socket) =>
    throughHooks(hooks, "handleParams", socket, { params: raw, url }, (inner, passing) => {
      if (passing.params === raw) return definition.handleParams?.(inner, state.params)
      return allowedParams(view, running.scope, passing.params, { params: {} }).then((params) =>
        definition.handleParams?.(inner, params),
      )
    }),
  )
}

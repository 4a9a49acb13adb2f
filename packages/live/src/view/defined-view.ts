import type { Awaitable, Result, StandardSchemaV1 } from "@bennu/core"
import type { Html } from "@bennu/html"
import type { ClientHook } from "../client-hook.ts"
import { DefinitionError } from "../errors.ts"
import { type EventRef, eventNamed } from "../event-ref.ts"
import type { OnMount } from "../hook.ts"
import type { Container, EndReason, LiveLayout, LiveView, Rendering } from "../live-view.ts"
import type { Redirect } from "../redirect.ts"
import type { Mount, Socket } from "../socket.ts"
import type { StreamOf } from "../stream/stream-options.ts"
import { type DeclaredStreams, declaredStreams } from "../stream/streams.ts"
import type { Subscription } from "../subscription.ts"

/** Assigns, once it no longer matters to the types whose they are. */
export type Assigns = Readonly<Record<string, unknown>>
export type AnySocket = Socket<Record<string, unknown>, unknown, unknown, Record<string, unknown>>
/** What a callback gave back; checked before it is believed. */
type Returned = Awaitable<unknown>

/** A definition as the runtime reads it: the same object, with the types of one view forgotten. */
export interface ErasedDefinition {
  readonly params?: StandardSchemaV1
  readonly events?: Readonly<Record<string, object>>
  readonly authorize?: (scope: unknown, subject: unknown) => unknown
  readonly public?: boolean
  readonly layout?: LiveLayout | false
  readonly container?: Container
  readonly session?: StandardSchemaV1
  readonly streams?: Readonly<Record<string, StreamOf<never>>>
  readonly onMount?: readonly OnMount<unknown>[]
  readonly temporary?: readonly string[]
  readonly views?: readonly LiveView<never, string, never>[]
  readonly hooks?: readonly ClientHook[]
  mount?(
    mount: Mount<unknown, unknown, Record<string, unknown>, unknown>,
  ): Awaitable<Assigns | Redirect>
  handleParams?(socket: AnySocket, params: unknown): Returned
  readonly handleEvent?: Readonly<Record<string, (socket: AnySocket, payload: unknown) => Returned>>
  handleAsync?(socket: AnySocket, name: string, result: Result<unknown, Error>): Returned
  readonly subscribe?: (socket: AnySocket) => readonly Subscription<AnySocket>[]
  terminate?(socket: AnySocket, reason: EndReason): Returned
  readonly title?: string | ((assigns: Assigns) => string)
  readonly head?: (assigns: Assigns) => Html
  render(
    assigns: Assigns,
    events: Readonly<Record<string, EventRef>>,
    page: Rendering<Record<string, unknown>>,
  ): Html
}

/** One event of a view: what it brings, who may send it, what happens then. */
export interface DefinedEvent {
  readonly name: string
  /** Nothing is brought where there is none. */
  readonly schema: StandardSchemaV1 | null
  readonly authorize: (scope: unknown, payload: unknown) => unknown
  readonly handle: (socket: AnySocket, payload: unknown) => Returned
}

const isSchema = (value: object): value is StandardSchemaV1 => "~standard" in value
const anyone = () => true

function definedEvent(name: string, declared: object, handle: unknown): DefinedEvent {
  if (typeof handle !== "function") {
    const hint = `Add handleEvent: { ${name}: (socket) => … }, or take the event out of events.`
    throw new DefinitionError(`the event "${name}" has no handler`, { hint })
  }
  const { payload, authorize } = isSchema(declared)
    ? { payload: declared, authorize: undefined }
    : (declared as { payload?: StandardSchemaV1; authorize?: DefinedEvent["authorize"] }) // EventOf's other forms
  return {
    name,
    schema: payload ?? null,
    authorize: authorize ?? anyone,
    handle: handle as DefinedEvent["handle"], // a function of (socket, payload), by EventHandlers
  }
}

/** A live view as the runtime knows it. */
export class DefinedView {
  readonly definition: ErasedDefinition
  /** By the name that the page sends: a Map, since that name comes from outside. */
  readonly events: ReadonlyMap<string, DefinedEvent>
  readonly streams: DeclaredStreams
  readonly refs: Readonly<Record<string, EventRef>>
  /** Where nothing is said, nobody may: the types ask for `authorize` or `public`. */
  readonly authorize: (scope: unknown, params: unknown) => unknown

  /** Those that its markup may hold. */
  readonly views: readonly DefinedView[]

  private constructor(definition: ErasedDefinition) {
    this.definition = definition
    this.views = (definition.views ?? []).map((view) => DefinedView.from(view))
    const events = Object.entries(definition.events ?? {})
    const handlers = definition.handleEvent ?? {}
    for (const name of Object.keys(handlers)) {
      if (Object.hasOwn(definition.events ?? {}, name)) continue
      const hint = `Declare it: events: { ${name}: … }.`
      throw new DefinitionError(`handleEvent has "${name}", which is no event`, { hint })
    }
    this.events = new Map(
      events.map(([name, declared]) => [name, definedEvent(name, declared, handlers[name])]),
    )
    this.streams = declaredStreams(definition.streams)
    this.refs = Object.fromEntries(events.map(([name]) => [name, eventNamed(name)]))
    if (!definition.authorize && definition.public !== true) {
      throw new DefinitionError("the view does not say who may see it", {
        hint: "Give it authorize: (scope, params) => …, or public: true.",
      })
    }
    this.authorize = definition.authorize ?? anyone
  }

  static of<S, N extends string, X>(definition: object): LiveView<S, N, X> {
    // The keys are LiveViewDefinition's, whatever its type arguments: the runtime hands each callback only what came from another
    // callback of the same definition, or through its schemas. The view's phantom keys are never read.
    const view = new DefinedView(definition as ErasedDefinition)
    return view as unknown as LiveView<S, N, X>
  }

  /** The runtime's side of what `liveView` gave out. */
  static from(view: LiveView<never, string, never>): DefinedView {
    if (view instanceof DefinedView) return view
    throw new DefinitionError("this is no live view", { hint: "Make it with liveViews<Scope>()." })
  }
}

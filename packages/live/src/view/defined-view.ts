import type { Awaitable, Result, StandardSchemaV1 } from "@bennu/core"
import type { Html } from "@bennu/html"
import type { ClientHook } from "../client-hook.ts"
import type { ClientStyle } from "../client-style.ts"
import { type DefinedComponent, withInner } from "../component/defined-component.ts"
import type { LiveComponent } from "../component/live-component.ts"
import { Sections } from "../diff/sections.ts"
import { DefinitionError } from "../errors.ts"
import { type EventRef, eventNamed } from "../event-ref.ts"
import type { OnMount } from "../hook.ts"
import type { Container, EndReason, LiveLayout, LiveView, Rendering } from "../live-view.ts"
import type { Redirect } from "../redirect.ts"
import type { Mount, Socket } from "../socket.ts"
import { DeclaredStash, type ErasedStash } from "../stash/declared-stash.ts"
import type { StreamOf } from "../stream/stream-options.ts"
import { type DeclaredStreams, declaredStreams } from "../stream/streams.ts"
import type { Subscription } from "../subscription.ts"
import { type DeclaredUploads, declaredUploads } from "../upload/declared-upload.ts"
import type { UploadEntry } from "../upload/upload.ts"
import type { UploadOptions } from "../upload/upload-options.ts"
import { type DefinedEvent, definedEvents } from "./defined-events.ts"

/** Assigns, once it no longer matters to the types whose they are. */
export type Assigns = Readonly<Record<string, unknown>>
export type AnySocket = Socket<
  Record<string, unknown>,
  unknown,
  unknown,
  Record<string, unknown>,
  Record<string, unknown>
>
/** What happens as files come, by the name of their upload. */
export type ErasedProgress = Readonly<
  Record<string, (socket: AnySocket, entry: UploadEntry) => Awaitable<unknown>>
>
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
  readonly components?: readonly LiveComponent<never, never>[]
  readonly streams?: Readonly<Record<string, StreamOf<never>>>
  readonly uploads?: Readonly<Record<string, UploadOptions<never>>>
  readonly handleProgress?: ErasedProgress
  readonly onMount?: readonly OnMount<unknown>[]
  readonly temporary?: readonly string[]
  readonly views?: readonly LiveView<never, string, never>[]
  readonly hooks?: readonly ClientHook[]
  readonly styles?: readonly ClientStyle[]
  readonly stash?: ErasedStash
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
    page: Rendering<Record<string, unknown>, Record<string, unknown>>,
  ): Html
}

const anyone = () => true

/** A live view as the runtime knows it. */
export class DefinedView {
  readonly definition: ErasedDefinition
  /** By the name that the page sends: a Map, since that name comes from outside. */
  readonly events: ReadonlyMap<string, DefinedEvent>
  readonly streams: DeclaredStreams
  readonly uploads: DeclaredUploads
  /** Null for a view that keeps nothing. */
  readonly stash: DeclaredStash | null
  /** Those that may stand in it, at any depth. */
  readonly components: ReadonlySet<DefinedComponent>
  readonly refs: Readonly<Record<string, EventRef>>
  /** Where nothing is said, nobody may: the types ask for `authorize` or `public`. */
  readonly authorize: (scope: unknown, params: unknown) => unknown

  /** What its pages have in common. */
  readonly sections = new Sections()
  /** Those that are open, in development. */
  readonly running = new Set<{ redraw(): void }>()
  /** The view in whose place it came. */
  #canonical: DefinedView | null = null
  /** Those that its markup may hold. */
  readonly views: readonly DefinedView[]

  private constructor(definition: ErasedDefinition) {
    this.definition = definition
    this.views = (definition.views ?? []).map((view) => DefinedView.from(view))
    this.events = definedEvents(definition)
    this.streams = declaredStreams(definition.streams)
    this.uploads = declaredUploads(definition)
    this.components = withInner(definition.components)
    this.stash = DeclaredStash.of(definition.stash, this.components)
    this.refs = Object.fromEntries([...this.events.keys()].map((name) => [name, eventNamed(name)]))
    if (!definition.authorize && definition.public !== true) {
      throw new DefinitionError("the view does not say who may see it", {
        hint: "Give it authorize: (scope, params) => …, or public: true.",
      })
    }
    this.authorize = definition.authorize ?? anyone
  }

  /**
   * Takes over what another says of itself, which stands for this one from then on. Views and components in it are taken over in their
   * order, where there are as many.
   * @returns All that have changed.
   */
  become(other: DefinedView): readonly DefinedView[] {
    other.#canonical = this
    const components = [...this.components]
    if (components.length === other.components.size) {
      for (const [i, next] of [...other.components].entries()) components[i]?.become(next)
    }
    const inner = this.views.length === other.views.length ? this.views : other.views
    const changed = inner.flatMap((view, i) => {
      const next = other.views[i]
      return next && next !== view ? view.become(next) : []
    })
    const { definition, events, streams, uploads, refs, authorize } = other
    const held = new Set([...other.components].map((component) => component.canonical))
    const stash = DeclaredStash.of(definition.stash, held)
    Object.assign(this, { definition, events, streams, uploads, stash, refs, authorize })
    Object.assign(this, { views: inner, components: held, sections: new Sections() })
    return [this, ...changed]
  }

  static of<S, N extends string, X>(definition: object): LiveView<S, N, X> {
    // The keys are LiveViewDefinition's, whatever its type arguments: the runtime hands each callback only what came from another
    // callback of the same definition, or through its schemas. The view's phantom keys are never read.
    const view = new DefinedView(definition as ErasedDefinition)
    return view as unknown as LiveView<S, N, X>
  }

  /** The runtime's side of what `liveView` gave out. */
  static from(view: LiveView<never, string, never>): DefinedView {
    if (view instanceof DefinedView) return view.#canonical ?? view
    throw new DefinitionError("this is no live view", { hint: "Make it with liveViews<Scope>()." })
  }
}

import type { Awaitable, Result } from "@bennu/core"
import type { Html } from "@bennu/html"
import type { ClientHook } from "../client-hook.ts"
import type { ClientStyle } from "../client-style.ts"
import { DefinitionError } from "../errors.ts"
import type { EventRef } from "../event-ref.ts"
import { DeclaredStash, type ErasedStash } from "../stash/declared-stash.ts"
import type { StreamOf, StreamRowsOf } from "../stream/stream-options.ts"
import { type DeclaredStreams, declaredStreams } from "../stream/streams.ts"
import type { Subscription } from "../subscription.ts"
import { type DeclaredUploads, declaredUploads } from "../upload/declared-upload.ts"
import type { UploadOptions } from "../upload/upload-options.ts"
import type { ShownUploads } from "../upload/upload-socket.ts"
import { type DefinedEvent, definedEvents } from "../view/defined-events.ts"
import type { AnySocket, Assigns, ErasedProgress } from "../view/defined-view.ts"
import type { ViewSocket } from "../view/view-socket.ts"
import type { ComponentMount, ComponentTarget, LiveComponent } from "./live-component.ts"

/** A definition as the runtime reads it: the same object, with the types of one component forgotten. */
interface ErasedComponent {
  readonly events?: Readonly<Record<string, object>>
  readonly handleEvent?: Readonly<Record<string, unknown>>
  readonly streams?: Readonly<Record<string, StreamOf<never>>>
  readonly uploads?: Readonly<Record<string, UploadOptions<never>>>
  readonly handleProgress?: ErasedProgress
  readonly components?: readonly LiveComponent<never, never>[]
  readonly stash?: ErasedStash & { readonly name: string }
  readonly hooks?: readonly ClientHook[]
  readonly styles?: readonly ClientStyle[]
  mount?(mount: ComponentMount<unknown, Assigns, Record<string, unknown>>): Awaitable<Assigns>
  update?(socket: ViewSocket, previous: Assigns): Awaitable<unknown>
  updateMany?(sockets: readonly ViewSocket[]): Awaitable<unknown>
  readonly subscribe?: (socket: ViewSocket) => readonly Subscription<AnySocket>[]
  handleAsync?(socket: AnySocket, name: string, result: Result<unknown, Error>): Awaitable<unknown>
  render(
    assigns: Assigns,
    events: Readonly<Record<string, EventRef>>,
    page: {
      readonly id: string
      readonly myself: ComponentTarget
      readonly streams: StreamRowsOf<Record<string, unknown>>
      readonly uploads: ShownUploads<Record<string, unknown>>
    },
  ): Html
}

/** A live component as the runtime knows it. */
export class DefinedComponent {
  readonly definition: ErasedComponent
  readonly events: ReadonlyMap<string, DefinedEvent>
  readonly streams: DeclaredStreams
  readonly uploads: DeclaredUploads
  readonly components: ReadonlySet<DefinedComponent>
  /** Null for one that keeps nothing. */
  readonly stash: DeclaredStash | null
  #canonical: DefinedComponent | null = null

  private constructor(definition: ErasedComponent) {
    this.definition = definition
    if (definition.update && definition.updateMany) {
      throw new DefinitionError("a live component has both update and updateMany", {
        hint: "updateMany is called for one component, too.",
      })
    }
    this.events = definedEvents(definition)
    this.streams = declaredStreams(definition.streams)
    this.uploads = declaredUploads(definition)
    this.components = withInner(definition.components)
    this.stash = definition.stash ? new DeclaredStash(definition.stash) : null
  }

  /** The component in whose place it came, or itself. */
  get canonical(): DefinedComponent {
    return this.#canonical ?? this
  }

  /** Takes over what another says of itself, which stands for this one from then on. */
  become(other: DefinedComponent): void {
    if (other === this) return
    other.#canonical = this
    const { definition, events, streams, uploads, stash } = other
    const components = new Set([...other.components].map(({ canonical }) => canonical))
    Object.assign(this, { definition, events, streams, uploads, stash, components })
  }

  static of<S, P>(definition: object): LiveComponent<S, P> {
    // The keys are LiveComponentDefinition's, whatever its type arguments: the runtime hands each callback only what came from another
    // callback of the same definition, or through its schemas, and props of the type that it was shown with.
    const component = new DefinedComponent(definition as ErasedComponent)
    return component as unknown as LiveComponent<S, P>
  }

  /** The runtime's side of what `liveComponent` gave out. */
  static from(component: LiveComponent<never, never>): DefinedComponent {
    if (component instanceof DefinedComponent) return component.canonical
    throw new DefinitionError("this is no live component", {
      hint: "Make it with liveComponents<Scope>().",
    })
  }
}

/** Components with all those that may stand in them. */
export function withInner(
  components: readonly LiveComponent<never, never>[] = [],
): ReadonlySet<DefinedComponent> {
  const all = new Set<DefinedComponent>()
  for (const component of components) {
    const defined = DefinedComponent.from(component)
    all.add(defined)
    for (const inner of defined.components) all.add(inner)
  }
  return all
}

import { type Attrs, attrs, type Html, rendered, type Slot } from "@bennu/html"
import { DefinitionError } from "../errors.ts"
import type { EventRef } from "../event-ref.ts"
import { Streams } from "../stream/streams.ts"
import { Uploads } from "../upload/uploads.ts"
import type { Beside } from "../view/beside.ts"
import type { Assigns } from "../view/defined-view.ts"
import type { SocketState } from "../view/socket-state.ts"
import type { AttachedHook } from "../view/stages.ts"
import type { AnyProps } from "./component-hole.ts"
import type { DefinedComponent } from "./defined-component.ts"
import { ComponentTarget } from "./live-component.ts"

/** An event of a component: where it stands, it brings its target along. */
class TargetedEvent implements EventRef<unknown> {
  readonly name: string
  readonly target: string
  constructor(name: string, target: string) {
    this.name = name
    this.target = target
  }
  [rendered]({ kind, name }: Slot): string | Attrs {
    if (kind !== "attribute") return this.name
    return attrs({ [name]: this.name, "phx-target": this.target })
  }
  toString(): string {
    return this.name
  }
}

/** A component that stands in a view: its state. */
export class MountedComponent {
  readonly definition: DefinedComponent
  readonly id: string
  /** What it was given where it stands. */
  #given: AnyProps
  #props: AnyProps
  /** Props that came and that it was not told of yet. */
  #coming: AnyProps | null = null
  #assigns: Assigns | null = null
  #streams: Streams
  #uploads: Uploads
  #dirty = false
  /** What stands around its stages. */
  hooks: readonly AttachedHook[] = []
  /** Most have nothing under way and hear nothing. */
  beside: Beside | null = null
  #refs: { readonly cid: number; readonly events: Readonly<Record<string, EventRef>> } | null = null

  constructor(definition: DefinedComponent, id: string, given: AnyProps) {
    this.definition = definition
    this.id = id
    this.#given = given
    this.#props = given
    this.#streams = Streams.of(definition.streams)
    this.#uploads = Uploads.of(definition.uploads)
  }

  get props(): AnyProps {
    return this.#props
  }
  get assigns(): Assigns {
    return this.#assigns ?? {}
  }
  get streams(): Streams {
    return this.#streams
  }
  get uploads(): Uploads {
    return this.#uploads
  }
  get isMounted(): boolean {
    return this.#assigns !== null
  }
  /** Whether it waits for `mount`, or for being told of other props. */
  get isWaiting(): boolean {
    return this.#coming !== null || !this.isMounted
  }
  /** Whether what it shows may have changed since it was drawn. */
  get isChanged(): boolean {
    return this.#dirty || this.isWaiting
  }

  /** It stands in the view with these props: others than before replace what it was sent by `sendUpdate`. */
  give(props: AnyProps): void {
    const before = this.#given
    if (isSame(before, props)) return
    this.#given = props
    const kept = Object.entries(this.#coming ?? this.#props).filter(
      ([name]) => !Object.hasOwn(before, name),
    )
    this.#coming = { ...Object.fromEntries(kept), ...props }
  }

  /** Some props are others now. */
  send(props: AnyProps): void {
    this.#coming = { ...(this.#coming ?? this.#props), ...props }
  }

  /** Takes the props that came. @returns Those before; `null` when none came. */
  takeProps(): AnyProps | null {
    if (this.#coming === null) return null
    const previous = this.#props
    this.#props = this.#coming
    this.#coming = null
    this.#dirty = true
    return previous
  }

  /** The streams before its first mount: they are told apart by the number of the component. */
  firstStreams(cid: number): Streams {
    return Streams.of(this.definition.streams, `${cid}-`)
  }

  adopt({
    assigns,
    streams,
    uploads,
    hooks,
  }: Pick<SocketState, "assigns" | "streams" | "uploads" | "hooks">): void {
    this.#dirty ||=
      assigns !== this.#assigns || streams !== this.#streams || uploads !== this.#uploads
    this.#assigns = assigns
    this.#streams = streams
    this.#uploads = uploads
    if (hooks !== this.hooks) demandStages(hooks)
    this.hooks = hooks
  }

  /** What it is drawn by is another. */
  touch(): void {
    this.#dirty = true
    this.#refs = null
  }

  /** Its markup; what it streams is sent with it. */
  draw(cid: number, connected: boolean): Html {
    this.#dirty = false
    const streams = this.#streams.rows(connected)
    this.#streams = this.#streams.sent()
    return this.definition.definition.render(
      { ...this.#assigns, ...this.#props },
      this.#refsFor(cid),
      { id: this.id, myself: new ComponentTarget(cid), streams, uploads: this.#uploads.shown },
    )
  }

  #refsFor(cid: number): Readonly<Record<string, EventRef>> {
    if (this.#refs?.cid === cid) return this.#refs.events
    const names = [...this.definition.events.keys()]
    const events = Object.fromEntries(
      names.map((name) => [name, new TargetedEvent(name, String(cid))]),
    )
    this.#refs = { cid, events }
    return events
  }
}

// a component has no address, and is drawn with its view
const ofViews: readonly string[] = ["handleParams", "afterRender"]

/** @throws {DefinitionError} for a hook that nothing would ever call. */
function demandStages(hooks: readonly AttachedHook[]): void {
  const idle = hooks.find(({ stage }) => ofViews.includes(stage))
  if (!idle) return
  throw new DefinitionError(`a live component has no stage ${idle.stage} for "${idle.name}"`, {
    hint: "Attach it in mount, or in an onMount, of its view.",
  })
}

function isSame(one: AnyProps, other: AnyProps): boolean {
  const names = Object.keys(one)
  if (names.length !== Object.keys(other).length) return false
  return names.every((name) => Object.hasOwn(other, name) && Object.is(one[name], other[name]))
}

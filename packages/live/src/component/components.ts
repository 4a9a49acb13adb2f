import type { Awaitable } from "@bennu/core"
import type { Html, Renderable } from "@bennu/html"
import type { SectionOf } from "../diff/message.ts"
import { ViewFrames } from "../diff/view-frames.ts"
import { TooManyComponentsError } from "../errors.ts"
import { Beside, type BesideOptions, type Owner } from "../view/beside.ts"
import { type Running, runCallback } from "../view/callback.ts"
import type { Assigns } from "../view/defined-view.ts"
import { pendingChanges } from "../view/pending.ts"
import type { SocketState } from "../view/socket-state.ts"
import type { ViewSocket } from "../view/view-socket.ts"
import { ComponentHole, demandComponent } from "./component-hole.ts"
import type { DefinedComponent } from "./defined-component.ts"
import { MountedComponent } from "./mounted-component.ts"
import { mountComponent, runningOf, stateOf } from "./mounting.ts"
import { together, updateMany } from "./update-many.ts"

/** The view in which components stand. */
export interface ComponentView {
  /** The components that may stand in it. */
  readonly components: ReadonlySet<DefinedComponent>
  /** How many it may hold. */
  readonly limit: number
  readonly running: Running
  /** What is needed to hear topics, and to work, in its name. */
  readonly beside: BesideOptions
  /** What its pages have in common. */
  readonly sectionOf: SectionOf
  /** Stands around whatever is drawn at once. */
  readonly around: <T>(draw: () => T) => T
  /** Where the view is between two callbacks. */
  state(): SocketState
  /** A component asked its view for something while it was drawn. */
  adopt(state: SocketState): void
  /** What an earlier run kept of a component; null for nothing. */
  restore(component: MountedComponent): Promise<Assigns | null> | null
}

/** The live components of one view, and the messages by which its page gets them and the view around them. */
export class Components {
  readonly #view: ComponentView
  readonly #all = new Map<DefinedComponent, Map<string, MountedComponent>>()
  #count = 0
  readonly #frames: ViewFrames<MountedComponent>

  constructor(view: ComponentView) {
    this.#view = view
    this.#frames = new ViewFrames<MountedComponent>({
      place: (hole) => this.#place(hole),
      dirty: () => this.#changed(),
      sectionOf: view.sectionOf,
    })
  }

  /** What to send so that the page shows the view, or with `null` only what changed in its components. Draws those that changed. */
  send(root: Html | null): Awaitable<readonly object[]> {
    const drawing = this.#frames.send(root)
    return this.#drive(drawing, drawing.next())
  }

  /** Another page shows the view from now on: it has nothing yet. */
  restart(): void {
    this.#frames.restart()
  }

  at(cid: unknown): MountedComponent | undefined {
    return typeof cid === "number" ? this.#frames.componentAt(cid) : undefined
  }

  find(definition: DefinedComponent, id: string): MountedComponent | undefined {
    return this.#all.get(definition)?.get(id)
  }

  /** Those that keep something of their state. */
  *kept(): Generator<MountedComponent> {
    for (const [{ stash }, known] of this.#all) if (stash) yield* known.values()
  }

  /** The one that has the upload of this ref. */
  withUpload(ref: string): MountedComponent | undefined {
    for (const [{ uploads }, known] of this.#all) {
      if (uploads.size === 0) continue
      for (const component of known.values()) if (component.uploads.byRef(ref)) return component
    }
    return undefined
  }

  /** Runs a callback of a component. @returns The view's state, with what the component asked it for. */
  async run(
    name: string,
    component: MountedComponent,
    state: SocketState,
    callback: (socket: ViewSocket) => Awaitable<unknown>,
  ): Promise<SocketState> {
    const running = runningOf(component, this.#view.running)
    const after = await runCallback(name, running, stateOf(component, state), callback)
    return this.#took(component, state, after)
  }

  /** The page is about to let go of components. */
  leave(cids: readonly number[]): void {
    this.#frames.leave(cids)
  }

  /** The page let go of components. @returns Those that are gone for good. */
  destroy(cids: readonly number[]): readonly number[] {
    return this.#frames.destroy(cids).map(([cid, component]) => {
      this.#forget(component)
      return cid
    })
  }

  /** What they are drawn by is another. */
  touch(): void {
    for (const known of this.#all.values())
      for (const component of known.values()) component.touch()
  }

  /** The view has ended. */
  close(): void {
    for (const known of this.#all.values()) {
      for (const component of known.values()) component.beside?.close()
    }
  }

  /** Gives a component its part of the state that its callback led to. @returns The view's. */
  #took(component: MountedComponent, view: SocketState, after: SocketState): SocketState {
    const before = component.assigns
    component.adopt(after)
    const asked = after.sources.length > 0 || after.tasks.length > 0
    if (component.beside || asked || pendingChanges(before, after.assigns).length > 0) {
      component.beside ??= new Beside(this.#ownerOf(component), this.#view.beside)
      component.beside.change(before, after)
    }
    const { assigns, streams, uploads, hooks, sources, tasks } = view
    return { ...after, assigns, streams, uploads, hooks, sources, tasks }
  }

  #ownerOf(component: MountedComponent): Owner {
    const { definition } = component.definition
    return {
      hooks: () => component.hooks,
      run: (name, state, callback) => this.run(name, component, state, callback),
      handleAsync: (socket, name, result) => definition.handleAsync?.(socket, name, result),
    }
  }

  #drive(
    drawing: Generator<MountedComponent, readonly object[], Html>,
    first: IteratorResult<MountedComponent, readonly object[]>,
  ): Awaitable<readonly object[]> {
    let step = first
    while (!step.done) {
      const html = this.#draw(step.value)
      if (html instanceof Promise) {
        return html.then((drawn) =>
          this.#view.around(() => this.#drive(drawing, drawing.next(drawn))),
        )
      }
      step = drawing.next(html)
    }
    this.#forgetUnplaced()
    return step.value
  }

  #place(hole: Renderable): { component: MountedComponent; changed: boolean } | null {
    if (!(hole instanceof ComponentHole)) return null
    const { definition, id, props } = hole
    let component = this.find(definition, id)
    if (component === undefined) {
      demandComponent(this.#view.components, definition)
      if (this.#count === this.#view.limit) throw new TooManyComponentsError(this.#view.limit)
      this.#count++
      component = new MountedComponent(definition, id, props)
      const known = this.#all.get(definition)
      if (known) known.set(id, component)
      else this.#all.set(definition, new Map([[id, component]]))
    } else component.give(props)
    return { component, changed: component.isChanged }
  }

  *#changed(): Generator<MountedComponent> {
    for (const known of this.#all.values()) {
      for (const component of known.values()) if (component.isChanged) yield component
    }
  }

  #draw(component: MountedComponent): Awaitable<Html> {
    const running = this.#view.running
    const ready = this.#ready(component)
    const draw = () => component.draw(this.#frames.numberOf(component) ?? 0, running.connected)
    return ready instanceof Promise ? ready.then(() => this.#view.around(draw)) : draw()
  }

  #ready(component: MountedComponent): Awaitable<void> {
    if (component.definition.definition.updateMany) return this.#updateMany(component.definition)
    return component.isMounted ? this.#update(component) : this.#mount(component)
  }

  #mount(component: MountedComponent): Awaitable<void> {
    const cid = this.#frames.numberOf(component) ?? 0
    const view = this.#view.state()
    const mounted = (after: SocketState) => {
      this.#view.adopt(this.#took(component, view, after))
      this.#subscribe(component)
    }
    const mount = (restored: Assigns | null) =>
      mountComponent(component, cid, this.#view.running, view, restored)
    const kept = this.#view.restore(component)
    const state = kept ? kept.then(mount) : mount(null)
    return state instanceof Promise ? state.then(mounted) : mounted(state)
  }

  #subscribe(component: MountedComponent): void {
    const { definition } = component.definition
    if (!definition.subscribe) return
    const state = stateOf(component, this.#view.state())
    component.beside ??= new Beside(this.#ownerOf(component), this.#view.beside)
    component.beside.subscribe(definition, runningOf(component, this.#view.running), state)
  }

  #update(component: MountedComponent): Awaitable<void> {
    const previous = component.takeProps()
    const { definition } = component.definition
    if (previous === null || !definition.update) return
    const state = this.#view.state()
    return this.run("update", component, state, (socket) =>
      definition.update?.(socket, previous),
    ).then((after) => this.#view.adopt(after))
  }

  /** All of one kind that wait, at once. */
  async #updateMany(of: DefinedComponent): Promise<void> {
    const waiting = [...(this.#all.get(of)?.values() ?? [])].filter(
      (component) => component.isWaiting && this.#frames.numberOf(component) !== undefined,
    )
    if (waiting.length === 0) return
    await Promise.all(
      waiting.map((each) => (each.isMounted ? each.takeProps() : this.#mount(each))),
    )
    const before = this.#view.state()
    const states = await updateMany(of, waiting, this.#view.running, before)
    const after = states.reduce((sum, state, i) => {
      const component = waiting[i]
      return component ? together(sum, this.#took(component, before, state)) : sum
    }, before)
    this.#view.adopt(after)
  }

  /** With another root the page forgot all components, and those that did not come again are gone. */
  #forgetUnplaced(): void {
    for (const known of this.#all.values()) {
      for (const component of known.values()) {
        if (this.#frames.numberOf(component) === undefined) this.#forget(component)
      }
    }
  }

  #forget(component: MountedComponent): void {
    component.beside?.close()
    if (this.#all.get(component.definition)?.delete(component.id)) this.#count--
  }
}

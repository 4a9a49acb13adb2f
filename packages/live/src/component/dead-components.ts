import { type Html, html, toString as print, raw, rendered } from "@bennu/html"
import { DuplicateComponentError } from "../errors.ts"
import { nestedIn } from "../nested/nesting.ts"
import { awaited } from "../view/awaited.ts"
import type { Running } from "../view/callback.ts"
import type { DefinedView } from "../view/defined-view.ts"
import type { SocketState } from "../view/socket-state.ts"
import { type ComponentHole, demandComponent, drawnIn } from "./component-hole.ts"
import type { DefinedComponent } from "./defined-component.ts"
import { MountedComponent } from "./mounted-component.ts"
import { mountComponent, stateOf } from "./mounting.ts"
import { updateMany } from "./update-many.ts"

/**
 * A view's markup with its components in their places, for a page's first answer. Printing cannot wait: it is done once for each level
 * of components to find them, and they are mounted in between.
 */
export async function withComponents(
  content: Html,
  { view, name }: { readonly view: DefinedView; readonly name: string },
  running: Running,
  state: SocketState,
): Promise<Html> {
  if (view.components.size === 0) return content
  const drawn = new Map<DefinedComponent, Map<string, Html>>()
  const numbers = new Map<MountedComponent, number>()
  for (;;) {
    const found: MountedComponent[] = []
    nestedIn({ place: () => html`` }, () => printed(found))
    if (found.length === 0) break
    await mountAll(found)
    for (const component of found) draw(component)
  }
  // as it is printed for good, the views that it holds are asked for
  return html`${{ [rendered]: () => raw(printed([])) }}`

  function printed(found: MountedComponent[]): string {
    const seen = new Map<DefinedComponent, Set<string>>()
    const place = ({ definition, id, props }: ComponentHole): Html => {
      demandComponent(view.components, definition)
      const ids = seen.get(definition) ?? new Set()
      if (ids.has(id)) throw new DuplicateComponentError()
      seen.set(definition, ids.add(id))
      const markup = drawn.get(definition)?.get(id)
      if (!markup) found.push(new MountedComponent(definition, id, props))
      return markup ?? html``
    }
    return drawnIn(place, () => print(content))
  }

  async function mountAll(found: readonly MountedComponent[]): Promise<void> {
    const together = new Map<DefinedComponent, MountedComponent[]>()
    for (const component of found) {
      numbers.set(component, numbers.size + 1)
      component.adopt(await mountComponent(component, numberOf(component), running, state))
      const { definition } = component
      if (!definition.definition.updateMany) continue
      const known = together.get(definition)
      if (known) known.push(component)
      else together.set(definition, [component])
    }
    for (const [definition, components] of together) {
      const states = await updateMany(definition, components, running, state)
      for (const [i, after] of states.entries()) components[i]?.adopt(after)
    }
    const waiting = found.map(async (component) =>
      component.adopt(await awaited(name, running, stateOf(component, state))),
    )
    await Promise.all(waiting)
  }

  function draw(component: MountedComponent): void {
    const { definition, id } = component
    const markup = component.draw(numberOf(component), false)
    const known = drawn.get(definition)
    if (known) known.set(id, markup)
    else drawn.set(definition, new Map([[id, markup]]))
  }

  function numberOf(component: MountedComponent): number {
    return numbers.get(component) ?? 0
  }
}

import { type AttrValues, attrs, type Html, html, toString as print, raw } from "@bennu/html"
import { DefinitionError } from "../errors.ts"
import type { Container } from "../live-view.ts"

/** What is written on the element around a view, for the client. */
export interface ContainerTokens {
  readonly id: string
  /** Null for a view that is shown without being live. */
  readonly session: string | null
  readonly static: string
  /** What kind of view it is: `data-phx-main`, `data-phx-parent-id`, `data-phx-sticky`. */
  readonly kind: Readonly<Record<string, string | true>>
}

/** @throws {DefinitionError} for a tag that is none. */
export function checkContainer({ tag = "div" }: Container = {}): void {
  if (/^[a-z][a-z0-9-]*$/.test(tag)) return
  const hint = 'Give a name in lower case: container: { tag: "main" }.'
  throw new DefinitionError(`${JSON.stringify(tag)} is no tag for a container`, { hint })
}

/** Attributes as they are written, with a space before each. */
function written(values: AttrValues): string {
  return print(html`<i ${attrs(values)}></i>`).slice("<i".length, -"></i>".length)
}

/** The view as it stands in the page. What the client needs wins over what the container says. */
export function containerHtml(
  { tag = "div", attrs: own = {} }: Container,
  { id, session, static: fixed, kind }: ContainerTokens,
  content: string,
): Html {
  // without a session it is an element like any other
  const needed = { ...kind, "data-phx-session": session, "data-phx-static": fixed }
  const values = { ...{ id, ...own }, ...(session === null ? {} : needed), id }
  return raw(`<${tag} ${written(values).trim()}>${content}</${tag}>`)
}

/** The container as a join tells of it: the page keeps its element and takes over the attributes. */
export function containerReply({
  tag = "div",
  attrs: own = {},
}: Container): readonly [string, Readonly<Record<string, string>>] {
  const said = Object.entries(own).filter(
    ([, value]) => value !== null && value !== undefined && value !== false,
  )
  return [
    tag,
    Object.fromEntries(said.map(([name, value]) => [name, value === true ? "" : String(value)])),
  ]
}

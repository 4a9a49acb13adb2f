import { PathParameterError } from "./errors.ts"
import type { ParamSegment, Pattern, Segment } from "./pattern.ts"
import { textOfValue } from "./to-param.ts"

/**
 * Writes the path of a pattern. Values are percent-encoded; a `*` keeps its slashes.
 * @throws {PathParameterError} when a parameter is missing, empty, not of its list, or would lead elsewhere.
 */
export const writePath = ({ source, segments }: Pattern, params: object): string =>
  segments.map((segment) => `/${textOf(source, segment, params)}`).join("")

function textOf(source: string, segment: Segment, params: object): string {
  if (segment.kind === "static") return segment.text
  const name = segment.kind === "rest" ? "*" : segment.name
  const refuse = (problem: string) => new PathParameterError(source, name, problem)
  const text = given(params, name, refuse)
  if (!text.isWellFormed()) throw refuse("is not well-formed Unicode")
  if (segment.kind === "param") return listed(segment, text, refuse)
  const parts = text.split("/")
  refuseMoving(parts, refuse)
  // "//host" is an address of another host
  if (parts.slice(0, -1).includes("")) throw refuse("must not have an empty segment")
  return parts.map(encodeURIComponent).join("/")
}

type Refuse = (problem: string) => PathParameterError

function given(params: object, name: string, refuse: Refuse): string {
  // what types promise, templates and JSON do not keep
  const value: unknown = Object.hasOwn(params ?? {}, name) ? Reflect.get(params, name) : undefined
  if (value === undefined || value === null) throw refuse("is missing")
  if (value === "" || Number.isNaN(value)) throw refuse("is empty")
  const text = textOfValue(value)
  if (text === null) throw refuse("is no text and no number, and has no [ToParam]")
  if (text === "") throw refuse("is empty")
  return text
}

function listed({ prefix, values }: ParamSegment, text: string, refuse: Refuse): string {
  refuseMoving([prefix + text], refuse)
  const encoded = encodeURIComponent(text)
  // the list is encoded as a pattern is, which leaves more characters as they are
  if (values !== null && !values.has(encodeURI(text)))
    throw refuse(`is none of ${[...values].join(", ")}`)
  return prefix + (values === null ? encoded : encodeURI(text))
}

function refuseMoving(parts: readonly string[], refuse: Refuse): void {
  const moving = parts.find((part) => part === "." || part === "..")
  // browsers resolve them before they ask, even encoded: URL Standard §4.1
  if (moving !== undefined) throw refuse(`must not be "${moving}"`)
}

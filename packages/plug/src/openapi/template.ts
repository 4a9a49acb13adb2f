import type { Route } from "@bennu/router"

/** A pattern as OpenAPI writes it: `/posts/:id` is `/posts/{id}`, and what a `*` takes is called `*`. */
export interface Template {
  readonly text: string
  /** The names of the parameters, in order. */
  readonly names: readonly string[]
  /** The same for patterns that differ in the names of their parameters only. */
  readonly shape: string
}

export function templateOf({ pattern }: Pick<Route<unknown>, "pattern">): Template {
  const names: string[] = []
  const shape: string[] = []
  const segments = pattern.split("/").map((segment) => {
    const colon = segment === "*" ? 0 : segment.indexOf(":")
    shape.push(colon === -1 ? segment : `${segment.slice(0, colon)}{${segment === "*" ? "*" : ""}}`)
    if (colon === -1) return segment
    const name = segment === "*" ? "*" : segment.slice(colon + 1)
    names.push(name)
    return `${segment.slice(0, colon)}{${name}}`
  })
  return { text: segments.join("/"), names, shape: shape.join("/") }
}

/** A name for an operation: `GET /todos/:id` is `getTodosById`. */
export function operationIdOf(verb: string, pattern: string): string {
  const words = pattern
    .replaceAll(":", "by-")
    .replaceAll("*", "rest")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return verb.toLowerCase() + words.join("")
}

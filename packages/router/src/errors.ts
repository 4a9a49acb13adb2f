// what browsers load as well comes without the rest of core
import { BennuError } from "@bennu/core/errors"
import { lineOf, type Place } from "./place.ts"
import { nameOf, type Route } from "./route.ts"

/** A pattern means nothing, or something that no request could have. Thrown while routes are made. */
export class PatternError extends BennuError {
  readonly code = "ERR_ROUTER_PATTERN"
  readonly pattern: string
  constructor(pattern: string, problem: string, options: { readonly hint?: string } = {}) {
    const hint =
      options.hint ??
      `Patterns are text, ":name" for a segment (text may stand before it) and "*" at the end: "/posts/:id", "/@:name", "/files/*".`
    super(`the pattern ${JSON.stringify(pattern)} ${problem}`, { hint })
    this.pattern = pattern
  }
}

/** A route, and where it or else its router was made. */
interface Declared {
  readonly route: Route<unknown>
  readonly place: Place
}

/** Two routes claim the same addresses, so that one of them would never, or unexpectedly not, be asked. */
export class RouteConflictError extends BennuError {
  readonly code = "ERR_ROUTER_CONFLICT"
  /** The route that stands first, as `GET /posts/:id`. */
  readonly first: string
  /** The route that cannot stand beside it. */
  readonly second: string
  /** Where the first was declared, as `/app/src/router.ts:12`; `null` when nobody noted it. */
  readonly firstLine: string | null
  readonly secondLine: string | null
  constructor(first: Declared, second: Declared, problem: string, hint: string) {
    super(`${written(second)} ${problem} ${written(first)}`, { hint })
    this.first = nameOf(first.route)
    this.second = nameOf(second.route)
    this.firstLine = lineOf(first.place)
    this.secondLine = lineOf(second.place)
  }
}

function written({ route, place }: Declared): string {
  const line = lineOf(place)
  return line === null ? nameOf(route) : `${nameOf(route)} (${line})`
}

/** An address cannot be written, because a parameter is missing, empty, or would make another address of it. */
export class PathParameterError extends BennuError {
  readonly code = "ERR_ROUTER_PATH_PARAMETER"
  readonly pattern: string
  readonly parameter: string
  constructor(pattern: string, parameter: string, problem: string) {
    super(`the parameter "${parameter}" of ${pattern} ${problem}`, {
      hint: "An address with a hole in it leads elsewhere: look where the value comes from.",
    })
    this.pattern = pattern
    this.parameter = parameter
  }
}

/** A link to a static file that the build did not make. */
export class StaticPathError extends BennuError {
  readonly code = "ERR_ROUTER_STATIC_PATH"
  readonly file: string
  constructor(file: string, known: readonly string[]) {
    super(`the build made no ${JSON.stringify(file)}`, {
      hint: `There are ${known.slice(0, 20).join(", ") || "none"}. Build again, or correct the name.`,
    })
    this.file = file
  }
}

/** A resource is asked for what it has not. Thrown while routes are made. */
export class ResourceError extends BennuError {
  readonly code = "ERR_ROUTER_RESOURCE"
  readonly path: string
  constructor(path: string, problem: string, hint: string) {
    super(`the resource ${path} ${problem}`, { hint })
    this.path = path
  }
}

import { BennuError } from "@bennu/core"

/** A pattern means nothing, or something that no request could have. Thrown while routes are made. */
export class PatternError extends BennuError {
  readonly code = "ERR_ROUTER_PATTERN"
  readonly pattern: string
  constructor(pattern: string, problem: string) {
    const hint = `Patterns are text, ":name" for a segment (text may stand before it) and "*" at the end: "/posts/:id", "/@:name", "/files/*".`
    super(`the pattern ${JSON.stringify(pattern)} ${problem}`, { hint })
    this.pattern = pattern
  }
}

/** Two routes claim the same addresses, so that one of them would never, or unexpectedly not, be asked. */
export class RouteConflictError extends BennuError {
  readonly code = "ERR_ROUTER_CONFLICT"
  /** The route that stands first, as `GET /posts/:id`. */
  readonly first: string
  /** The route that cannot stand beside it. */
  readonly second: string
  constructor(first: string, second: string, problem: string, hint: string) {
    super(`${second} ${problem} ${first}`, { hint })
    this.first = first
    this.second = second
  }
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

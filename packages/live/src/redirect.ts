import { localTarget } from "./local-target.ts"

/** What `mount` returns instead of assigns, to send whoever comes elsewhere. */
export class Redirect {
  readonly to: string
  #redirect = true
  constructor(to: string) {
    this.to = localTarget(to)
  }
  /** Tells it from assigns. */
  static is(value: unknown): value is Redirect {
    return typeof value === "object" && value !== null && #redirect in value
  }
}

/**
 * Sends whoever mounts a view elsewhere: `mount: ({ scope }) => (scope.user ? { … } : redirect(path.login()))`.
 * @param to A path of this site, with its query.
 * @throws {NavigationError} when `to` could lead to another site.
 */
export const redirect = (to: string): Redirect => new Redirect(to)

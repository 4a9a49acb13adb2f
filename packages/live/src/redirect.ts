import { externalTarget, localTarget } from "./local-target.ts"
import type { NavigateOptions } from "./socket.ts"
import type { Elsewhere } from "./view/page.ts"

/** What `mount` returns instead of assigns, and a guard instead of nothing, to send whoever comes elsewhere. */
export class Redirect {
  readonly leaving: Elsewhere
  #redirect = true
  constructor(leaving: Elsewhere) {
    this.leaving = leaving
  }
  get to(): string {
    return this.leaving.to
  }
  /** Tells it from assigns. */
  static is(value: unknown): value is Redirect {
    return typeof value === "object" && value !== null && #redirect in value
  }
}

/**
 * Sends whoever mounts a view to another page: `mount: ({ scope }) => (scope.user ? { … } : redirect(path.login()))`.
 * @param to A path of this site, with its query; or as `external` the address of another site.
 * @throws {NavigationError} when `to` could lead to another site, and `external` to none.
 */
export function redirect(to: string | { readonly external: string }): Redirect {
  const external = typeof to !== "string"
  const target = external ? externalTarget(to.external) : localTarget(to)
  return new Redirect({ kind: "redirect", to: target, external })
}

/**
 * Sends whoever mounts a view to another view of its live session, as `socket.pushNavigate` does: a page that came by live navigation
 * goes on without being loaded.
 * @throws {NavigationError} when `to` could lead to another site.
 */
export function pushNavigate(to: string, { replace = false }: NavigateOptions = {}): Redirect {
  return new Redirect({ kind: "navigate", to: localTarget(to), replace })
}

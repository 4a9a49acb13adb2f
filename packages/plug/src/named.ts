import type { AnyFunction } from "@bennu/router"

/** Calls a function as the one that it runs, for whoever prints routes. */
export const named = <F extends AnyFunction>(run: F, of: AnyFunction): F =>
  Object.defineProperty(run, "name", { value: of.name })

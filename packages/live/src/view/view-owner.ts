import type { Owner } from "./beside.ts"
import type { ViewProcess } from "./view-process.ts"

/** As whoever hears and waits for a view runs its callbacks. */
export const viewOwner = (process: Pick<ViewProcess, "options" | "run">): Owner => ({
  hooks: ({ hooks }) => hooks,
  run: (name, state, callback) => process.run(name, state, callback),
  handleAsync: (socket, name, result) =>
    process.options.view.definition.handleAsync?.(socket, name, result),
})

import { PendingResult } from "../async.ts"
import type { Assigns } from "./defined-view.ts"
import type { TaskChange } from "./tasks.ts"

// Tasks of assigns have names of their own: no startAsync takes their place.
export const taskOf = (key: string): string => `assign ${key}`

/** What has to be worked on because it was assigned, and what no longer, because something else was. */
export function pendingChanges(before: Assigns, after: Assigns): readonly TaskChange[] {
  if (before === after) return []
  const changes: TaskChange[] = []
  for (const key of Object.keys(after)) {
    const pending = after[key]
    const last = before[key]
    if (last === pending) continue
    const name = taskOf(key)
    if (PendingResult.is(pending)) {
      const { task, timeout } = pending
      changes.push({
        ...{ kind: "start", name, task, timeout },
        done: (socket, result) =>
          socket.assigns[key] === pending
            ? socket.assign({ [key]: pending.ended(result) })
            : undefined,
      })
    } else if (PendingResult.is(last)) changes.push({ kind: "drop", name })
  }
  return changes
}

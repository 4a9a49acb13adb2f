import { milliseconds } from "@bennu/core"
import type { AsyncOptions } from "../async.ts"
import type { StreamOptions } from "../stream/stream-options.ts"
import type { AnySocket } from "./defined-view.ts"
import type { TaskChange } from "./tasks.ts"

// Tasks of streams have names of their own, as those of assigns have.
export const streamTaskOf = (name: string): string => `stream ${name}`

/** Fills a stream with what a task gives; there is nothing to show of one that fails. */
export function streamTask(
  name: string,
  task: (signal: AbortSignal) => Promise<readonly unknown[]>,
  { timeout, ...options }: StreamOptions & AsyncOptions,
): TaskChange {
  return {
    ...{ kind: "start", name: streamTaskOf(name), task },
    timeout: timeout === undefined ? null : milliseconds(timeout),
    done(socket, result) {
      if (!result.ok) return undefined
      // the rows are those of the stream, by the types of streamAsync
      const streaming = socket as AnySocket & {
        stream(name: string, rows: unknown, options: StreamOptions): AnySocket
      }
      return streaming.stream(name, result.value, options)
    },
  }
}

import { setTimeout } from "node:timers/promises"
import type { SocketHandler } from "@bennu/channels"
import type { Awaitable, Random } from "@bennu/core"
import { socketFailed } from "../telemetry.ts"

export interface ResolvedDrain {
  readonly batchSize: number
  /** Milliseconds. */
  readonly batchInterval: number
}

/**
 * Asks sockets to close because the service restarts (1012), some at a time and in no order, so that their clients do
 * not all come back at once.
 * @param deadline From when on there is no time for pauses.
 */
export async function drainSockets(
  sockets: Iterable<{ close(code: number, reason: string): void }>,
  { batchSize, batchInterval }: ResolvedDrain,
  { deadline, random }: { readonly deadline: AbortSignal; readonly random: Random },
): Promise<void> {
  const left = [...sockets]
    .map((socket) => ({ socket, order: random() }))
    .sort((one, other) => one.order - other.order)
    .map(({ socket }) => socket)
  while (left.length > 0) {
    for (const socket of left.splice(0, batchSize)) socket.close(1012, "service restart")
    if (left.length === 0) return
    // an abort only ends the pause
    await setTimeout(batchInterval * (0.5 + random()), undefined, { signal: deadline }).catch(
      () => {},
    )
  }
}

/** Lets handlers put away what their clients come back for. A handler that fails keeps nobody from stopping. */
export async function drainHandlers(
  handlers: Iterable<SocketHandler>,
  deadline: AbortSignal,
): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const give = () => resolve()
  if (deadline.aborted) return
  deadline.addEventListener("abort", give, { once: true })
  await Promise.race([late, each(handlers, (handler) => handler.drain?.(deadline))])
  deadline.removeEventListener("abort", give)
}

export const stopHandlers = (handlers: Iterable<SocketHandler>): Promise<void> =>
  each(handlers, (handler) => handler.stop?.())

async function each(
  handlers: Iterable<SocketHandler>,
  run: (handler: SocketHandler) => Awaitable<void> | undefined,
): Promise<void> {
  const all = [...handlers].map(async (handler) => {
    try {
      await run(handler)
    } catch (error) {
      socketFailed.emit(() => ({ protocol: handler.protocol, error }))
    }
  })
  await Promise.all(all)
}

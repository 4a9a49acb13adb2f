import { types } from "node:util"
import type { HttpAnswer } from "@bennu/channels"
import type { Awaitable } from "@bennu/core"
import { Reply, type Source } from "@bennu/plug"
import { socketFailed } from "../telemetry.ts"
import type { Mounts } from "./mounts.ts"

/** What the socket handler of a path answers to a request that asks for no WebSocket; `null` where it is the router's. */
export function plainRequest(mounts: Mounts, source: Source): Awaitable<Reply | null> {
  const handler = mounts.handlerOf(source.target)
  if (!handler?.request) return null
  const failed = (error: unknown) => {
    socketFailed.emit(() => ({ protocol: handler.protocol, error }))
    return new Reply(500, [], null)
  }
  try {
    const answer = handler.request(source)
    return types.isPromise(answer) ? answer.then(replyOf).catch(failed) : replyOf(answer)
  } catch (error) {
    return failed(error)
  }
}

const replyOf = (answer: HttpAnswer | null): Reply | null =>
  answer && new Reply(answer.status, pairsOf(answer), answer.body ?? null)

const pairsOf = ({ headers = {} }: HttpAnswer) =>
  Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)

import type { ChannelHandler, Joined, Joining, JoinRefused } from "@bennu/channels"
import { StashUnclearError } from "../errors.ts"
import { joinRefused, viewCrashed } from "../telemetry.ts"
import { claimsOf } from "./claims.ts"
import type { JoinOptions } from "./join-options.ts"
import { joinPayload } from "./join-payload.ts"
import { mountSeat } from "./mount-seat.ts"
import { crowded, mountRefusal, type Refusal, reasonOf, stale } from "./refusal.ts"
import { seatOf } from "./seats.ts"

/** The channel of every live view: topics `lv:` and the id of its element. */
export function liveChannel(options: JoinOptions, frameBytes: number): ChannelHandler {
  return {
    limits: { frameBytes },
    async join(joining) {
      const joined = await join(joining, options)
      if ("message" in joined) return joined
      joinRefused.emit(() => ({ topic: joining.topic, reason: reasonOf(joined) }))
      return { error: joined } satisfies JoinRefused
    },
  }
}

async function join(joining: Joining, options: JoinOptions): Promise<Joined | Refusal> {
  const payload = joinPayload(joining.payload)
  const claims = payload && claimsOf(payload, joining.topic.slice("lv:".length), options.tokens)
  if (!claims) return stale
  const taken = await seatOf(joining, claims, payload, options)
  if (!("seat" in taken)) return taken
  const { visitor = null } = taken.seat
  // those of nobody are bounded by the address that they come from
  const entered = visitor === null ? undefined : options.sockets.enter(visitor, joining.request)
  if (entered === null) return crowded
  const leave = () => entered?.[Symbol.dispose]()
  try {
    const joined = await mountSeat(joining, taken, payload, options)
    if (!("message" in joined) || joining.signal.aborted) leave()
    else joining.signal.addEventListener("abort", leave, { once: true })
    return joined
  } catch (error) {
    leave()
    if (error instanceof StashUnclearError && taken.seat.inner && !taken.navigated) {
      joining.reconnect()
    }
    const refusal = mountRefusal(error, options.tokens)
    if (refusal) return refusal
    viewCrashed.emit(() => ({ view: taken.seat.name, error }))
    taken.seat.crashed?.(error)
    throw error
  }
}

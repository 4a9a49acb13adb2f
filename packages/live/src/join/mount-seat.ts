import type { EndReason as ChannelEnd, Joined, Joining } from "@bennu/channels"
import { span } from "@bennu/telemetry"
import type { EndReason } from "../live-view.ts"
import { addParent, endParent } from "../nested/families.ts"
import { containerReply } from "../route/container.ts"
import { receive } from "../view/client-messages.ts"
import type { JoinOptions } from "./join-options.ts"
import type { JoinPayload } from "./join-payload.ts"
import { processOf } from "./process-of.ts"
import { type Refusal, stale } from "./refusal.ts"
import type { Taken } from "./seats.ts"
import { sent } from "./sent.ts"
import { staticChanged } from "./static-changed.ts"

/** Mounts a view where it may join, and lets it run until its channel ends. */
export async function mountSeat(
  joining: Joining,
  { seat, address, flash, given, parent, container }: Taken,
  { mounts, params: connectParams }: JoinPayload,
  options: JoinOptions,
): Promise<Joined | Refusal> {
  const { request, topic } = joining
  const running = processOf(joining, seat, options)
  const { process, nesting } = running
  const { name: view } = seat
  // before it is rendered: its page may ask for the views in it as soon as it has the answer
  addParent(request, running)
  const outcome = await span(
    "bennu.live.view.mount",
    () => ({ view, mounts, kind: seat.sticky ? "sticky" : seat.locate ? "routed" : "nested" }),
    () =>
      process.join({
        ...{ address, flash, mounts, connectParams, session: given },
        staticChanged: staticChanged(connectParams["_track_static"], options.assets),
      }),
  ).catch((error: unknown) => {
    endParent(request, running)
    throw error
  })
  if (outcome.kind === "gone") {
    endParent(request, running)
    const events = outcome.events.length > 0 ? { events: outcome.events } : {}
    return { ...outcome.response, ...events }
  }
  if (parent?.nesting.over) {
    endParent(request, running)
    await process.end("left")
    return stale
  }
  const ended = parent?.nesting.started(() => joining.close())
  return {
    response: sent(view, {
      rendered: outcome.rendered,
      liveview_version: options.version,
      ...(container && { container: containerReply(container) }),
      ...(outcome.patched && { live_patch: outcome.patched }),
    }),
    message: (event, payload, reply) =>
      receive(process, event, payload, (response) => reply("ok", sent(view, response))),
    async terminate(reason) {
      ended?.()
      // the page took its element away; after a crash it joins again with the same
      if (reason === "left") parent?.nesting.forget(topic.slice("lv:".length))
      endParent(request, { process, nesting })
      await process.end(ends[reason])
    },
  }
}

const ends: Readonly<Record<ChannelEnd, EndReason>> = {
  left: "left",
  rejoined: "left",
  stopped: "left",
  closed: "closed",
  crashed: "crashed",
}

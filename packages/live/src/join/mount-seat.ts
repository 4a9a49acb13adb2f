import type { EndReason as ChannelEnd, Joined, Joining } from "@bennu/channels"
import { span } from "@bennu/telemetry"
import { noteMessage } from "../dev/crash-report.ts"
import type { EndReason } from "../live-view.ts"
import { isDevelopment } from "../mode.ts"
import { addParent, endParent } from "../nested/families.ts"
import { Visit } from "../park/visit.ts"
import { containerReply } from "../route/container.ts"
import type { Arrival } from "../view/arriving.ts"
import { receive } from "../view/client-messages.ts"
import type { JoinOptions } from "./join-options.ts"
import type { JoinPayload } from "./join-payload.ts"
import { processOf } from "./process-of.ts"
import { type Refusal, stale } from "./refusal.ts"
import type { Taken } from "./seats.ts"
import { sent } from "./sent.ts"
import { staticChanged } from "./static-changed.ts"

/** Mounts a view where it may join, or shows the one that waits for its page, and lets it run until its channel ends. */
export async function mountSeat(
  joining: Joining,
  taken: Taken,
  payload: JoinPayload,
  options: JoinOptions,
): Promise<Joined | Refusal> {
  const { seat, address, flash, handed, given, parent, container } = taken
  const { mounts, params: connectParams } = payload
  const { request, topic } = joining
  const { name: view } = seat
  const arrival = {
    ...{ address, flash, handed, mounts, connectParams, session: given },
    staticChanged: staticChanged(connectParams["_track_static"], options.assets),
  }
  const visit = Visit.of(joining, taken, payload, options)
  const resumed = visit && (await visit.resume(arrival, options))
  const { running, outcome } =
    resumed ?? (await mount(joining, taken, { arrival, visit, payload }, options))
  const { process } = running
  if (outcome.kind === "gone") {
    const events = outcome.events.length > 0 ? { events: outcome.events } : {}
    return { ...outcome.response, ...events }
  }
  if (parent?.nesting.over) {
    visit?.end(false)
    process.options.keeper?.end(false)
    endParent(request, running)
    await process.end("left")
    return stale
  }
  const ended = parent?.nesting.started(() => joining.close())
  // its page gave up waiting for the answer: it asks again, as often as it had before
  const unheard = joining.signal.aborted
  const development = isDevelopment()
  return {
    response: sent(view, {
      rendered: outcome.rendered,
      liveview_version: options.version,
      ...(container && { container: containerReply(container) }),
      ...(outcome.patched && { live_patch: outcome.patched }),
    }),
    message(event, payload, reply) {
      if (development) noteMessage(joining, event, payload)
      return receive(process, event, payload, (response) => reply("ok", sent(view, response)))
    },
    async terminate(reason) {
      ended?.()
      const { keeper } = process.options
      const lost = reason === "closed" && joining.broken
      // the view around it has ended before it: whether its page comes back is that one's business
      const orphaned = reason === "stopped" && parent?.nesting.over === true
      const again = unheard || reason === "rejoined"
      if (lost || orphaned || again) {
        const saved = keeper?.save()
        // whoever takes its place finds it
        if (again) await saved
      }
      if (visit?.end(lost || (again && resumed !== null))) return
      keeper?.end(ends[reason] === "left" && !orphaned && !again)
      // the page took its element away; after a crash it joins again with the same
      if (reason === "left" && !again) {
        parent?.nesting.left(topic.slice("lv:".length))
        const farewell = keeper?.farewell() ?? []
        if (farewell.length > 0) parent?.process.options.page.push("diff", { e: farewell })
      }
      endParent(request, running)
      await process.end(ends[reason])
    },
  }
}

interface Mounting {
  readonly arrival: Arrival
  readonly visit: Visit | null
  readonly payload: JoinPayload
}

/** Mounts a view. Where its page goes elsewhere, or it throws, nothing of it is left. */
async function mount(
  joining: Joining,
  taken: Taken,
  { arrival, visit, payload }: Mounting,
  options: JoinOptions,
) {
  const { request } = joining
  const { seat } = taken
  const { name: view } = seat
  const { mounts } = arrival
  const controller = visit && new AbortController()
  if (controller) abortWith(joining, controller)
  const element = joining.topic.slice("lv:".length)
  const stash = (await options.stashes?.open(element, taken, payload, request)) ?? null
  const keeper = stash?.keeper ?? null
  const made = visit?.first(arrival) ?? null
  const signal = controller?.signal ?? joining.signal
  const running = processOf(joining, taken, options, { signal, keeper })
  // before it is rendered: its page may ask for the views in it as soon as it has the answer
  addParent(request, running)
  try {
    const outcome = await span(
      "bennu.live.view.mount",
      () => ({ view, mounts, kind: seat.sticky ? "sticky" : seat.locate ? "routed" : "nested" }),
      () => running.process.join({ ...arrival, made, restored: stash?.restored ?? null }),
    )
    if (outcome.kind === "gone") {
      keeper?.end(false)
      endParent(request, running)
    } else if (controller) visit?.start(running, controller)
    return { running, outcome }
  } catch (error) {
    keeper?.end(false)
    endParent(request, running)
    throw error
  }
}

/** A view that may live on is told to stop with its channel only where that cannot be. */
function abortWith(joining: Joining, controller: AbortController): void {
  const ended = () => joining.broken || controller.abort()
  joining.signal.addEventListener("abort", ended, { once: true })
}

const ends: Readonly<Record<ChannelEnd, EndReason>> = {
  left: "left",
  rejoined: "left",
  stopped: "left",
  closed: "closed",
  crashed: "crashed",
}

import type {
  EndReason as ChannelEnd,
  ChannelHandler,
  Joined,
  Joining,
  JoinRefused,
} from "@bennu/channels"
import { connectedWith, createConn, type Flash } from "@bennu/plug"
import { span } from "@bennu/telemetry"
import type { EndReason } from "../live-view.ts"
import { containerReply } from "../route/container.ts"
import { servedBy } from "../route/live-route.ts"
import { frameSent, joinRefused, viewCrashed } from "../telemetry.ts"
import type { SessionClaims, Tokens } from "../tokens.ts"
import { receive } from "../view/client-messages.ts"
import type { Arrived } from "./arrived.ts"
import type { JoinOptions } from "./join-options.ts"
import { type JoinPayload, joinPayload } from "./join-payload.ts"
import { liveSource } from "./live-source.ts"
import { throughPipeline } from "./pipeline.ts"
import { processOf } from "./process-of.ts"
import { mountRefusal, type Refusal, reasonOf, stale, unauthorized } from "./refusal.ts"
import { staticChanged } from "./static-changed.ts"

/** The channel of every live view: topics `lv:` and the id of its element. */
export function liveChannel(options: JoinOptions): ChannelHandler {
  return {
    async join(joining) {
      const asked = verified(joining, options.tokens)
      const joined = asked ? await join(joining, asked, options) : stale
      if ("message" in joined) return joined
      joinRefused.emit(() => ({ topic: joining.topic, reason: reasonOf(joined) }))
      return { error: joined } satisfies JoinRefused
    },
  }
}

/** A join whose tokens are ours, and of this page. */
interface Asked {
  readonly payload: JoinPayload
  readonly target: string
  readonly claims: SessionClaims
  readonly flash: Flash
}

function verified({ topic, payload: sent }: Joining, tokens: Tokens): Asked | null {
  const id = topic.slice("lv:".length)
  const payload = joinPayload(sent)
  const claims = tokens.readSession(payload?.session, id)
  const fixed = payload?.static === null ? {} : tokens.readStatic(payload?.static, id)
  if (!payload || !claims || !fixed || payload.target === null) return null
  // what the page showed when it was answered belongs to its first join, and to no page after it
  const shown = payload.navigated || payload.mounts > 0 ? {} : fixed
  const flash = payload.flash === undefined ? shown : tokens.readFlash(payload.flash)
  return { payload, target: payload.target, claims, flash }
}

async function join(
  joining: Joining,
  asked: Asked,
  options: JoinOptions,
): Promise<Joined | Refusal> {
  const { claims, payload, target } = asked
  const source = liveSource(joining.request, target, joining.signal)
  const conn = createConn(source, { transport: "live" })
  conn.private.set(connectedWith, joining.connectParams)
  const arrived = await throughPipeline(conn, options.router)
  if (!("route" in arrived)) return arrived
  const { viewName, sessionName } = servedBy(arrived.route)
  if (sessionName !== claims.session) return unauthorized
  if (!payload.navigated && viewName !== claims.view) return unauthorized
  try {
    return await mount(joining, asked, arrived, options)
  } catch (error) {
    const refusal = mountRefusal(error, options.tokens)
    if (refusal) return refusal
    viewCrashed.emit(() => ({ view: viewName, error }))
    throw error
  }
}

async function mount(
  joining: Joining,
  { payload, flash }: Asked,
  arrived: Arrived,
  options: JoinOptions,
): Promise<Joined | Refusal> {
  const { conn, route } = arrived
  const process = processOf(joining, arrived, options)
  const { name: view } = process.options
  const address = { params: conn.params, url: conn.url, action: route.action }
  const { mounts, params: connectParams } = payload
  const outcome = await span(
    "bennu.live.view.mount",
    () => ({ view }),
    () =>
      process.join({
        ...{ address, flash, mounts, connectParams, session: {} },
        staticChanged: staticChanged(connectParams["_track_static"], options.assets),
      }),
  )
  if (outcome.kind === "gone") {
    const events = outcome.events.length > 0 ? { events: outcome.events } : {}
    return { ...outcome.response, ...events }
  }
  return {
    response: {
      rendered: outcome.rendered,
      liveview_version: options.version,
      ...(payload.navigated && { container: containerReply(route.container) }),
      ...(outcome.patched && { live_patch: outcome.patched }),
    },
    message: (event, sent, reply) =>
      receive(process, event, sent, (response) => {
        const bytes = () => Buffer.byteLength(JSON.stringify(response))
        frameSent.emit(() => ({ view: process.options.name, bytes: bytes() }))
        reply("ok", response)
      }),
    terminate: (reason) => process.end(ends[reason]),
  }
}

const ends: Readonly<Record<ChannelEnd, EndReason>> = {
  left: "left",
  rejoined: "left",
  stopped: "left",
  closed: "closed",
  crashed: "crashed",
}

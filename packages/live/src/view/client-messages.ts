import { type Awaitable, ok, type Result, validate } from "@bennu/core"
import { span } from "@bennu/telemetry"
import { ParamsError, ViewForbiddenError } from "../errors.ts"
import type { Stages } from "../hook.ts"
import type { RefusedReason } from "../telemetry.ts"
import { changeUploads } from "../upload/change-uploads.ts"
import { chosenIn } from "../upload/client-entries.ts"
import { receiveAllowUpload, receiveProgress } from "../upload/upload-messages.ts"
import type { Uploads } from "../upload/uploads.ts"
import { cidsOf, decodeEvent, isRecord } from "./client-message.ts"
import type { DefinedEvent } from "./defined-events.ts"
import type { AnySocket } from "./defined-view.ts"
import type { Reply } from "./page.ts"
import type { SocketState } from "./socket-state.ts"
import { throughHooks } from "./stages.ts"
import type { ViewProcess } from "./view-process.ts"

/** Hands a message of the page to its view. Whatever it is, it is answered exactly once, unless the view ends. */
export function receive(
  process: ViewProcess,
  event: string,
  payload: unknown,
  reply: Reply,
): Awaitable<void> {
  if (event === "event") return receiveEvent(process, payload, reply)
  if (event === "live_patch") return receivePatch(process, payload, reply)
  if (event === "cids_will_destroy" || event === "cids_destroyed") {
    return receiveCids(process, event, cidsOf(payload), reply)
  }
  if (event === "allow_upload") return receiveAllowUpload(process, payload, reply)
  if (event === "progress") return receiveProgress(process, payload, reply)
  return refuse(process, event, "unsupported", reply)
}

/** Components left the page: first it tells which are about to go, then which of them did not come back meanwhile. */
function receiveCids(
  process: ViewProcess,
  event: "cids_will_destroy" | "cids_destroyed",
  cids: readonly number[],
  reply: Reply,
): Awaitable<void> {
  if (event === "cids_destroyed") {
    return process.handle(
      () => null,
      () => reply({ cids: process.components.destroy(cids) }),
    )
  }
  return process.handle(() => {
    process.components.leave(cids)
    return null
  }, reply)
}

/** An ok without anything in it: an error would leave the element locked that the event came from. */
function refuse(
  process: ViewProcess,
  event: string,
  reason: RefusedReason,
  reply: Reply,
): Awaitable<void> {
  return process.handle(() => {
    process.options.page.refused(event, reason)
    return null
  }, reply)
}

function receiveEvent(process: ViewProcess, payload: unknown, reply: Reply): Awaitable<void> {
  const decoded = decodeEvent(payload)
  if (!decoded.ok) return refuse(process, decoded.name, decoded.reason, reply)
  const { name, value, cid, uploads: chosen } = decoded.event
  const { scope } = process.options.running
  const choose = (uploads: Uploads) => uploads.choose(chosenIn(chosen), scope)
  if (cid !== null) return receiveFor(process, cid, { event: name, payload: value, choose }, reply)
  if (name === "lv:clear-flash") {
    return process.handle((state) => clearFlash(process, state, value), reply)
  }
  const passing = { event: name, payload: value }
  return process.handle(
    (state) =>
      process.run(name, changeUploads(state, null, choose), (socket) =>
        throughHooks(state.hooks, "handleEvent", socket, passing, (inner, passed) =>
          handleEvent(process, process.options.view.events, inner, passed),
        ),
      ),
    reply,
  )
}

/** An event for a live component. */
function receiveFor(
  process: ViewProcess,
  cid: unknown,
  {
    choose,
    ...passing
  }: Stages["handleEvent"] & { readonly choose: (uploads: Uploads) => Uploads },
  reply: Reply,
): Awaitable<void> {
  return process.handle((state) => {
    const component = process.components.at(cid)
    // the component is gone: the page does not know yet
    if (!component) return null
    changeUploads(state, component, choose)
    const { events } = component.definition
    return process.components.run(passing.event, component, state, (socket) =>
      throughHooks(component.hooks, "handleEvent", socket, passing, (inner, passed) =>
        handleEvent(process, events, inner, passed),
      ),
    )
  }, reply)
}

function clearFlash(
  process: ViewProcess,
  state: SocketState,
  value: unknown,
): Awaitable<SocketState> {
  const kind = isRecord(value) ? value["key"] : undefined
  return process.run("lv:clear-flash", state, (socket) =>
    kind === "info" || kind === "error" ? socket.clearFlash(kind) : socket.clearFlash(),
  )
}

/** First the shape, then who may, then the handler. What does not pass is as if nothing had come. */
function handleEvent(
  process: ViewProcess,
  events: ReadonlyMap<string, DefinedEvent>,
  socket: AnySocket,
  { event: name, payload }: Stages["handleEvent"],
): Awaitable<unknown> {
  const { page, running } = process.options
  const event = events.get(name)
  if (!event) return page.refused(name, "unknown")
  const { schema, authorize, handle } = event
  const attributes = () => ({ view: process.options.name, event: name })
  function proceed(result: Result<unknown, unknown>): Awaitable<unknown> {
    if (!result.ok) return page.refused(name, "invalid")
    const { value } = result
    // a promise is no yes: only true is
    if (authorize(running.scope, value) !== true) return page.refused(name, "unauthorized")
    return span("bennu.live.event.handle", attributes, () => handle(socket, value))
  }
  const result = schema ? validate(schema, payload) : ok({})
  return result instanceof Promise ? result.then(proceed) : proceed(result)
}

function receivePatch(process: ViewProcess, payload: unknown, reply: Reply): Awaitable<void> {
  const url =
    isRecord(payload) && typeof payload["url"] === "string" ? URL.parse(payload["url"]) : null
  const address = url && process.options.locate(url.pathname + url.search)
  // another view, another live session, or no page at all: the page finds out by going there
  let elsewhere = !address
  return process.handle(
    async (state) => {
      if (!address) return null
      try {
        return await process.move(state, address)
      } catch (error) {
        if (!(error instanceof ParamsError || error instanceof ViewForbiddenError)) throw error
        elsewhere = true
        return null
      }
    },
    (response) => reply(elsewhere ? { link_redirect: true } : response),
  )
}

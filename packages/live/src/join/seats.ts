import { hash } from "node:crypto"
import type { Joining } from "@bennu/channels"
import { type Conn, connectedWith, createConn, type Flash, pinNonce } from "@bennu/plug"
import type { Container } from "../live-view.ts"
import { controllerArrival } from "../nested/controller-render.ts"
import { addressIn } from "../nested/dead-nesting.ts"
import { type Parent, parentOf } from "../nested/families.ts"
import { allowedIn, type Nested } from "../nested/nesting.ts"
import { resolveLiveLimits } from "../options.ts"
import { NestedNames, servedBy, viewsOf } from "../route/live-route.ts"
import { stillTarget } from "../route/still.ts"
import { remembersPage, visitorOf } from "../session.ts"
import type { Address } from "../view/arriving.ts"
import type { Handed } from "../view/once.ts"
import type { Claims } from "./claims.ts"
import type { JoinOptions } from "./join-options.ts"
import type { JoinPayload } from "./join-payload.ts"
import { liveSource } from "./live-source.ts"
import { arrivalOf, throughPipeline } from "./pipeline.ts"
import { documentOf, routedSeat, type Seat } from "./process-of.ts"
import { forged, type Refusal, stale, unauthorized } from "./refusal.ts"

/** Where a joining view is mounted, and with what. */
export interface Taken {
  readonly seat: Seat
  readonly address: Address
  readonly flash: Flash
  /** What its first answer has loaded for it; null where that is not for whoever joins. */
  readonly handed?: Handed | null
  /** What it is given by what it stands in. */
  readonly given: unknown
  /** What it stands in, if that is a running view. */
  readonly parent: Parent | null
  /** What tells its page from others. */
  readonly page: string
  /** What tells it from views of other pages, whichever process it runs in; and from those that its page went to from elsewhere. */
  readonly pageKey: string
  /** Its page went to it, or to the view around it, by live navigation. */
  readonly navigated: boolean
  /** How often its page had been shown it before, as it counts itself; one that stands in another goes by that. */
  readonly joins: number
  /** For a page that came by live navigation. */
  readonly container: Container | null
}

/** Finds who may join, by the same guards that its page was answered behind. */
export function seatOf(
  joining: Joining,
  claims: Claims,
  payload: JoinPayload,
  options: JoinOptions,
): Promise<Taken | Refusal> | Taken | Refusal {
  if (claims.kind === "child") return childSeat(joining, claims)
  if (claims.kind === "root") return controllerSeat(joining, claims, payload, options)
  if (claims.kind === "sticky") return stickySeat(joining, claims, payload, options)
  return pageSeat(joining, claims, payload, options)
}

type Of<K extends Claims["kind"]> = Extract<Claims, { readonly kind: K }>

/** The GET of the page, as if it were loaded again; but its document stays, and with it the nonce of its policy. */
function liveConn(
  { request, signal, connectParams }: Joining,
  { target, nonce }: Pick<Of<"routed">, "target" | "nonce">,
): Conn {
  const conn = createConn(liveSource(request, target, signal), { transport: "live" })
  conn.private.set(connectedWith, connectParams)
  pinNonce(conn, nonce)
  return conn
}

async function pageSeat(
  joining: Joining,
  claims: Of<"routed">,
  payload: JoinPayload,
  options: JoinOptions,
): Promise<Taken | Refusal> {
  const asked = liveConn(joining, claims)
  const arrived = await throughPipeline(asked, options.router)
  if (arrived === forged && isNew(payload, options) && !remembersPage(asked)) {
    return stillPage(claims, options)
  }
  if (!("route" in arrived)) return arrived
  const { conn, route } = arrived
  const { viewName, sessionName } = servedBy(route)
  if (sessionName !== claims.session) return unauthorized
  if (!payload.navigated && viewName !== claims.view) return unauthorized
  const address = { params: conn.params, url: conn.url, action: route.action }
  const container = payload.navigated ? route.container : null
  const seat = routedSeat(arrived, options)
  return {
    seat,
    address,
    flash: claims.flash,
    handed: handedTo(claims, conn),
    given: {},
    parent: null,
    container,
    ...{ page: claims.id, pageKey: visitKey(claims.id, payload), navigated: payload.navigated },
    joins: payload.mounts,
  }
}

/** What was loaded for this session, at this address. */
function handedTo({ handed }: Of<"routed">, conn: Conn): Handed | null {
  const { pathname, search } = conn.url
  if (handed?.address !== pathname + search) return null
  return handed.visitor === visitorOf(conn) ? handed.values : null
}

/** A page counts anew how often it has joined a view when it goes to it; it cannot be told more of its visits than where each began. */
const visitKey = (page: string, { navigated, referer }: JoinPayload): string =>
  navigated ? `${page} ${hash("sha256", referer, "base64url").slice(0, 16)}` : page

/** Loading a page that was answered just now would not help: its browser keeps no session. */
const isNew = ({ mounts, navigated, session }: JoinPayload, { tokens }: JoinOptions): boolean =>
  mounts === 0 && !navigated && tokens.isFresh(session)

function stillPage({ target }: Of<"routed">, { tokens }: JoinOptions): Refusal {
  return { redirect: { to: stillTarget(target, tokens) } }
}

/** The parent's guards have answered for it: it gets the parent's scope, and its own `authorize` is asked. */
function childSeat({ request }: Joining, { id, parent: instance }: Of<"child">): Taken | Refusal {
  const parent = parentOf(request, instance)
  // the page destroys the child by itself
  if (parent === "navigating") return { reason: "parent_redirect" }
  const nested = parent === "gone" ? null : parent.nesting.arrived(id)
  if (parent === "gone" || !nested) return stale
  const { process, nesting } = parent
  const crashed = nested.linked ? (error: unknown) => process.crash(error) : undefined
  const { running, frame, root } = process.options
  const { served, allowed, target } = nesting.holder
  const seat = {
    ...seatIn(nested, allowed),
    ...{ name: `${process.options.name} > ${id}`, scope: running.scope, target },
    ...{ crashed, inner: true },
    ...{
      csrfToken: frame.csrfToken(),
      nonce: frame.nonce,
      root: process.options.routed ? process : (root ?? null),
      visitor: nesting.holder.visitor ?? null,
    },
    served: { ...served, limits: process.options.limits },
  }
  const { page, pageKey, navigated } = nesting.holder
  const of = { page, pageKey: `${pageKey} ${id}`, navigated, joins: nesting.joins }
  return { ...of, ...nestedTaken(seat, nested.session, process.options.pageUrl, parent) }
}

/** It is joined behind the pipeline of the page that first showed it. */
async function stickySeat(
  joining: Joining,
  claims: Of<"sticky">,
  payload: JoinPayload,
  { router }: JoinOptions,
): Promise<Taken | Refusal> {
  const { id, target, given } = claims
  const arrived = await throughPipeline(liveConn(joining, claims), router)
  // the page's own view finds out
  if (arrived === forged) return { reason: "parent_redirect" }
  if (!("route" in arrived)) return arrived
  const { conn, route } = arrived
  const served = servedBy(route)
  if (served.sessionName !== claims.session) return unauthorized
  const view = served.nested.viewOf(claims.view)
  if (!view) return stale
  const nested = { view, id, session: given, sticky: true, linked: false, container: {} }
  const { scope } = conn.assigns
  const seat = {
    ...seatIn(nested, viewsOf(route)),
    ...{ name: claims.view, scope, target, served, ...documentOf(conn), sticky: true },
    visitor: visitorOf(conn),
  }
  return { ...placeOf(claims, payload), ...nestedTaken(seat, given, conn.url, null) }
}

/** The controller says anew whether the view stands in its page, and with what. */
async function controllerSeat(
  joining: Joining,
  claims: Of<"root">,
  payload: JoinPayload,
  { router, tokens }: JoinOptions,
): Promise<Taken | Refusal> {
  const { id, target } = claims
  const asked = liveConn(joining, claims)
  const arrival = await arrivalOf(asked, router, () => controllerArrival(asked, id))
  if (arrival === forged) return { reason: "parent_redirect" }
  if (!("nested" in arrival)) return arrival
  const { nested, conn } = arrival
  const { scope } = conn.assigns
  const served = { tokens, limits: resolveLiveLimits(), nested: new NestedNames(), sessionName: "" }
  const seat = {
    ...seatIn(nested, new Set()),
    ...{ name: id, scope, target, served, ...documentOf(conn) },
    visitor: visitorOf(conn),
  }
  return { ...placeOf(claims, payload), ...nestedTaken(seat, nested.session, conn.url, null) }
}

/** A view that stands in a page by itself, and has a name of the app's choice. */
const placeOf = (
  { id, page }: Of<"sticky" | "root">,
  { mounts: joins }: JoinPayload,
): Pick<Taken, "page" | "pageKey" | "navigated" | "joins"> => ({
  ...{ page, pageKey: `${page} ${id}`, navigated: false, joins },
})

const seatIn = (
  { view }: Nested,
  around: Iterable<Nested["view"]>,
): Pick<Seat, "view" | "guards" | "layout" | "locate" | "allowed"> => ({
  ...{ view, layout: null, locate: null, allowed: allowedIn(view, around) },
  guards: view.definition.onMount ?? [],
})

const nestedTaken = (
  seat: Omit<Seat, "pageUrl">,
  given: unknown,
  page: URL,
  parent: Parent | null,
): Omit<Taken, "page" | "pageKey" | "navigated" | "joins"> => ({
  ...{ seat: { ...seat, pageUrl: page }, given, parent, flash: {}, container: null },
  address: addressIn(page),
})

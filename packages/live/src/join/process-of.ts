import type { Joining } from "@bennu/channels"
import { type BareConn, nonceOf } from "@bennu/plug"
import { crashReport } from "../dev/crash-report.ts"
import { isOfStash } from "../errors.ts"
import type { LiveLayout } from "../live-view.ts"
import { isDevelopment } from "../mode.ts"
import type { Parent } from "../nested/families.ts"
import { LiveNesting } from "../nested/live-nesting.ts"
import { liveLayoutOf } from "../render/view-html.ts"
import { guardsOf, liveRouteOf, type Served, servedBy, viewsOf } from "../route/live-route.ts"
import { pageToken, visitorOf } from "../session.ts"
import type { StashKeeper } from "../stash/stash-keeper.ts"
import { eventRefused } from "../telemetry.ts"
import type { Address } from "../view/arriving.ts"
import type { Running } from "../view/callback.ts"
import type { DefinedView } from "../view/defined-view.ts"
import { handlerBudgetOf } from "../view/handler-budget.ts"
import type { Page, ViewProcessOptions } from "../view/page.ts"
import type { Locate } from "../view/patching.ts"
import { ViewProcess } from "../view/view-process.ts"
import type { Arrived } from "./arrived.ts"
import type { JoinOptions } from "./join-options.ts"
import type { Taken } from "./seats.ts"
import { sent } from "./sent.ts"

/** What a joining view is given by whatever it stands in: a route, another view, a controller's page. */
export interface Seat {
  readonly name: string
  readonly view: DefinedView
  readonly scope: unknown
  readonly guards: Running["guards"]
  readonly served: Pick<Served, "tokens" | "limits" | "nested" | "sessionName">
  readonly layout: LiveLayout | null
  readonly csrfToken: string
  readonly nonce: string
  readonly allowed: ReadonlySet<DefinedView>
  /** Path and query of its page. */
  readonly target: string
  readonly pageUrl: URL
  /** Null for a view without an address. */
  readonly locate: Locate | null
  readonly sticky?: boolean
  /** It stands in a running view, and its page counts how often it was shown that. */
  readonly inner?: boolean
  readonly root?: ViewProcess | null
  /** Whose session it is; null where there is none. */
  readonly visitor?: string | null
  /** Hears of its crash. */
  readonly crashed?: ((error: unknown) => void) | undefined
}

/** The seat of a view that its page's address leads to. */
export function routedSeat({ conn, route }: Arrived, { router }: JoinOptions): Seat {
  // not the conn itself: a view lives longer than what it was asked for with
  const { origin, url } = conn
  const { scope } = conn.assigns
  const served = servedBy(route)
  const { sessionName } = served

  /** What another path shows, if it is this view in this live session. */
  function locate(target: string): Address | null {
    const url = URL.parse(target, origin)
    const match = url && router.match("GET", url.pathname)
    const other = match && liveRouteOf(match.route)
    if (!other || other.view !== route.view || servedBy(other).sessionName !== sessionName)
      return null
    return { params: match.params, url, action: other.action }
  }

  return {
    ...{ name: served.viewName, view: route.view, scope, served, locate },
    guards: guardsOf(route),
    layout: liveLayoutOf(route.view, route.session?.layout ?? null),
    ...documentOf(conn),
    allowed: viewsOf(route),
    target: url.pathname + url.search,
    pageUrl: url,
    visitor: visitorOf(conn),
  }
}

/** What the page's document was given, once: forms are posted by it, and scripts and styles run by it. */
export const documentOf = (conn: BareConn): Pick<Seat, "csrfToken" | "nonce"> => ({
  csrfToken: pageToken(conn),
  nonce: nonceOf(conn),
})

/** What stays with a view when its page comes back by another socket. */
export interface Lasting {
  readonly nesting: LiveNesting
  /** Aborts when it ends. */
  readonly signal: AbortSignal
  readonly keeper: StashKeeper | null
}

/** The view that a page joins, before it is mounted. */
export function processOf(
  joining: Joining,
  {
    seat,
    page,
    pageKey,
    navigated,
    joins,
  }: Pick<Taken, "seat" | "page" | "pageKey" | "navigated" | "joins">,
  options: JoinOptions,
  lasting: Omit<Lasting, "nesting">,
): Parent {
  const { allowed, served, target, nonce, visitor = null } = seat
  const id = joining.topic.slice("lv:".length)
  const holder = { id, allowed, served, target, nonce, visitor, page, pageKey, navigated }
  const nesting = new LiveNesting(holder, joins)
  const process = new ViewProcess(processOptions(joining, seat, options, { ...lasting, nesting }))
  return { process, nesting }
}

/** What a view runs with that this page shows. */
export function processOptions(
  joining: Joining,
  seat: Seat,
  { pubsub, uploadFolder }: JoinOptions,
  { nesting, signal, keeper }: Lasting,
): ViewProcessOptions {
  const { name, view, scope, served, layout, csrfToken, nonce, locate, guards } = seat
  const { limits, tokens } = served
  return {
    ...{ name, view, pubsub, limits, signFlash: tokens.signFlash, nesting, keeper },
    pageUrl: seat.pageUrl,
    ...{ routed: locate !== null, locate: locate ?? nowhere },
    ...{ sticky: seat.sticky ?? false, root: seat.root ?? null },
    frame: { scope, connected: true, layout, csrfToken: () => csrfToken, nonce },
    running: {
      ...{ scope, connected: true, signal, development: isDevelopment() },
      ...{ handlerTimeout: limits.handlerTimeout, guards },
      handlerBudget: handlerBudgetOf(name, view, limits),
    },
    page: pageOf(joining, seat),
    uploads: {
      folder: uploadFolder,
      sign: (upload, entry) => tokens.signUpload({ instance: nesting.instance, upload, entry }),
    },
  }
}

const nowhere = () => null

function pageOf(joining: Joining, { name: view, crashed, inner = false }: Seat): Page {
  return {
    push: (event, payload) => joining.push(event, sent(view, payload)),
    whenRead: () => joining.whenRead(),
    close: () => joining.close(),
    crash(error) {
      // where it joins anew is nothing that its page counts
      if (inner && isOfStash(error)) return joining.reconnect()
      if (isDevelopment()) {
        joining.push("diff", sent(view, { e: [crashReport(joining, view, error)] }))
      }
      joining.crash(error)
      // its page joins it anew: that is no business of the view around it
      if (!isOfStash(error)) crashed?.(error)
    },
    expect: (files, events) => joining.expect({ joins: files, events }),
    refused: (event, reason) => eventRefused.emit(() => ({ view, event, reason })),
  }
}

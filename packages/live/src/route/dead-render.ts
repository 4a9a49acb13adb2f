import { randomToken } from "@bennu/core/crypto"
import { type BareConn, type Conn, type Flash, nonceOf, type Reply } from "@bennu/plug"
import { withComponents } from "../component/dead-components.ts"
import { PageStatusError } from "../errors.ts"
import { staticOf } from "../join/claims.ts"
import { isDevelopment } from "../mode.ts"
import { printWithNested, SentElsewhere } from "../nested/dead-nesting.ts"
import { liveLayoutOf, titleOf, viewHtml } from "../render/view-html.ts"
import { pageToken, sessionFlash, visitorOf } from "../session.ts"
import type { Tokens } from "../tokens.ts"
import { type Address, handleParams, mountView } from "../view/arriving.ts"
import { awaited } from "../view/awaited.ts"
import type { Running } from "../view/callback.ts"
import type { Handed } from "../view/once.ts"
import type { Leaving } from "../view/socket-state.ts"
import { containerHtml } from "./container.ts"
import { carriedFlash, putAll, withoutCarriedFlash } from "./live-flash.ts"
import { guardsOf, type LiveRoute, type Served, servedBy, viewsOf } from "./live-route.ts"
import { stillIn } from "./still.ts"

// Where the client keeps the status that a join failed with.
const STATUS_COOKIE = "__phoenix_reload_status__"

/** The first answer: the whole page, with what the client needs to make it live. */
export async function deadRender<S>(
  conn: Conn<{ scope: S }>,
  route: LiveRoute,
): Promise<Response | Reply> {
  try {
    return await render(conn, route)
  } catch (error) {
    if (error instanceof SentElsewhere) return leave(conn, error.leaving, {})
    throw error
  }
}

async function render<S>(conn: Conn<{ scope: S }>, route: LiveRoute): Promise<Response | Reply> {
  const served = servedBy(route)
  const { tokens, viewName, sessionName, limits, firstAnswers } = served
  refuseReloaded(conn, tokens)
  const { url, said } = stillIn(conn.url, tokens)
  if (said === "outdated") return conn.redirect(url.pathname + url.search)
  const { view } = route
  const { scope } = conn.assigns
  const running: Running = {
    ...{ scope, connected: false, signal: conn.signal, development: isDevelopment() },
    ...{ handlerTimeout: limits.handlerTimeout, guards: guardsOf(route) },
    handlerBudget: null,
  }
  const carried = carriedFlash(conn, tokens)
  const flash = { ...sessionFlash(conn), ...carried }
  const address: Address = { params: conn.params, url, action: route.action }
  const loaded = new Map<string, unknown>()
  const made = await mountView(view, running, {
    hand: (name, value) => void loaded.set(name, value),
    ...{ address, flash, mounts: 0, connectParams: {}, staticChanged: false, session: {} },
  })
  if ("redirect" in made) return leave(conn, made.redirect.leaving, made.flash)
  const handled = await handleParams(view, running, made)
  if (handled.leaving) return leave(conn, handled.leaving, handled.put)
  const state = await awaited(viewName, running, handled)

  // no secret: it tells the views of a page apart, and its tokens are for it alone
  const id = `phx-${randomToken(12)}`
  const frame = {
    ...{ scope, connected: false, layout: liveLayoutOf(view, route.session?.layout ?? null) },
    ...{ csrfToken: () => pageToken(conn), nonce: nonceOf(conn) },
  }
  const { csrfToken, nonce } = frame
  const holder = {
    ...{ id, page: id },
    allowed: viewsOf(route),
    running,
    served,
    url,
    ...{ csrfToken, nonce },
    still: said !== null,
  }
  const markup = await withComponents(
    viewHtml(view, state, frame),
    { view, name: viewName },
    running,
    state,
  )
  const printed = await printWithNested(markup, holder)
  const session = said
    ? null
    : tokens.signSession({ id, view: viewName, session: sessionName, nonce })
  const visitor = session && (firstAnswers?.isOn || loaded.size > 0) ? visitorOf(conn) : null
  const at = url.pathname + url.search
  const handed =
    visitor !== null && isHandy(loaded, limits)
      ? tokens.signHanded({ id, visitor, address: at, values: loaded })
      : null
  const content = containerHtml(
    route.container,
    {
      ...{ id, kind: { "data-phx-main": true }, session },
      static: staticOf(tokens.signStatic(id, state.flash), handed),
    },
    printed,
  )
  if (session && visitor !== null && firstAnswers?.isOn) {
    firstAnswers.keep(
      { key: id, session: visitor, token: session, address: at, joins: 0, anew: false },
      view,
      state,
    )
  }
  const title = titleOf(view, state) ?? ""
  const head = view.definition.head?.(state.assigns)
  const reply = conn.page({ title, head, content })
  return carried ? withoutCarriedFlash(reply) : reply
}

/** What a page brings along each time that it joins must not be much; what is more is loaded again. */
function isHandy(loaded: Handed, { onceBytes }: Served["limits"]): boolean {
  return loaded.size > 0 && Buffer.byteLength(JSON.stringify([...loaded])) <= onceBytes
}

/** A join failed, and the client loads the page to see why. */
function refuseReloaded(conn: BareConn, tokens: Tokens): void {
  const token = conn.cookies.get(STATUS_COOKIE)
  if (token === undefined) return
  throw new PageStatusError(tokens.readStatus(token) ?? 500, STATUS_COOKIE)
}

function leave(conn: BareConn, leaving: Leaving, put: Flash): Reply {
  putAll(conn, put)
  const { to } = leaving
  const external = leaving.kind === "redirect" && leaving.external
  return conn.redirect(external ? { external: to, allow: [new URL(to).origin] } : to)
}

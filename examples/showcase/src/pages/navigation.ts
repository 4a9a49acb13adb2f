// Three ways to go: patch keeps the view, navigate takes another over the
// same socket, redirect loads a page.
import { each, html } from "@bennu/html"
import { link } from "@bennu/live"
import type { Conn } from "@bennu/plug"
import { flashOf } from "@bennu/plug/session"
import * as z from "zod"
import { demo } from "../components.ts"
import { path } from "../routes.ts"
import { liveView, type Scope } from "../vocabulary.ts"

const to = (room: number) => path.navigation({ room: `${room}` })
const lines = Array.from({ length: 60 }, (_, index) => index + 1)

export const NavigationLive = liveView({
  params: z.object({ room: z.coerce.number().int().min(1).max(99).catch(1).default(1) }),
  public: true,
  events: { farther: {}, leave: {} },
  mount: () => ({ room: 1, been: [] as number[] }),
  // after mount, and after each patch: what depends on the address is read here
  handleParams: (socket, { room }) =>
    socket.assign({ room }).update("been", (been) => [...been, room]),
  handleEvent: {
    farther: (socket) => socket.pushPatch(to(socket.assigns.room + 1)),
    leave: (socket) => socket.redirect(path.plain()),
  },
  title: ({ room }) => `Room ${room}`,
  render: ({ room, been }, { farther, leave }) => html`
    ${demo(
      "Patch: the same view, other parameters",
      html`<p>You are in room <strong id="room">${room}</strong>. This view remembers <span id="been">${been.join(", ")}</span>.</p>
      <p class="row">
        <a class="button" ${link({ patch: to(2) })}>To room 2</a>
        <a class="button" ${link({ patch: to(3) })}>To room 3</a>
        <a class="button second" ${link({ patch: to(4), replace: true })}>To room 4, replacing</a>
        <button class="second" phx-click="${farther}">One farther, from the server</button>
      </p>
      <p class="hint">Go back with your browser: a replaced room is not there.</p>`,
    )}
    ${demo(
      "Navigate and redirect",
      html`<p class="row">
        <a class="button" ${link({ navigate: path.elsewhere() })}>To another view</a>
        <a class="button second" ${link({ href: path.plain() })}>To an ordinary page</a>
        <button class="second" phx-click="${leave}">Be sent there</button>
      </p>`,
    )}
    ${demo(
      "A long way down",
      html`<ol class="lines">${each(
        lines,
        (line) => line,
        (line) => html`<li>Line ${line}</li>`,
      )}</ol>
      <p><a id="below" ${link({ navigate: path.elsewhere() })}>Leave from down here</a>, then come back.</p>`,
    )}`,
})

export const ElsewhereLive = liveView({
  public: true,
  title: "Elsewhere",
  render: () =>
    html`${demo(
      "Elsewhere",
      html`<p>Another view. The socket is the same one, and no page was loaded.</p>
      <p><a class="button" ${link({ navigate: path.navigation() })}>To the first view</a></p>`,
    )}`,
})

/** An ordinary page of the same site, without a live view. */
export const plain = (conn: Conn<{ scope: Scope }>) => {
  const { info } = flashOf(conn)
  return conn.page({
    title: "An ordinary page",
    content: html`<div class="frame alone"><main class="plain">
      <h1>An ordinary page</h1>
      ${info && html`<p class="flash info" role="status">${info}</p>`}
      <p class="lede">A controller made it for ${conn.assigns.scope.visitor.name}. It does not change by itself.</p>
      <p class="after"><a class="button" ${link({ href: path.navigation() })}>Back to the tour</a></p>
    </main></div>`,
  })
}

// Each view is a process of its own. What one of them throws ends that one;
// its page joins it again by itself.
import { html } from "@bennu/html"
import { liveRender } from "@bennu/live"
import * as z from "zod"
import { demo } from "../components.ts"
import { liveView } from "../vocabulary.ts"

const Counter = liveView({
  public: true,
  session: z.object({ name: z.string() }),
  events: { add: {}, crash: {} },
  // `mounts` is how often this page's view has joined before
  mount: ({ session: { name }, mounts }) => ({ name, mounts, count: 0 }),
  handleEvent: {
    add: (socket) => socket.update("count", (count) => count + 1),
    crash: ({ assigns: { name } }) => {
      throw new Error(`the ${name} counter met an unexpected bird`)
    },
  },
  render: ({ name, mounts, count }, { add, crash }) => html`<div class="tally">
    <h3>${name}</h3>
    <output>${count}</output>
    <p class="row">
      <button phx-click="${add}">Count</button>
      <button class="danger" phx-click="${crash}">Crash ${name}</button>
    </p>
    <p class="hint">Mounted ${mounts === 0 ? "once" : `${mounts + 1} times`}.</p>
  </div>`,
})

export const CrashLive = liveView({
  public: true,
  views: [Counter],
  events: { add: {} },
  mount: () => ({ count: 0 }),
  handleEvent: { add: (socket) => socket.update("count", (count) => count + 1) },
  title: "A crash",
  render: ({ count }, { add }) => html`
    ${demo(
      "Two views in this one",
      html`<p>The view around them counted <output id="outer">${count}</output>.
        <button class="second" phx-click="${add}">Count here</button></p>
      <div class="tallies">
        ${liveRender(Counter, { id: "left", session: { name: "left" } })}
        ${liveRender(Counter, { id: "right", session: { name: "right" } })}
      </div>
      <p class="hint">Count all three, then crash one.</p>`,
    )}`,
})

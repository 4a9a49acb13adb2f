// `phx-hook` hands an element to JavaScript of your own. What that draws
// inside stays the hook's, and what it needs to begin with are its props.
import { html } from "@bennu/html"
import { every, hookContract } from "@bennu/live"
import * as z from "zod"
import { demo } from "../components.ts"
import { liveView } from "../vocabulary.ts"

const TEXT = "# Field notes\n\nTwo *herons*, standing still.\n"
const words = (text: string) => text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0
/** A walk between 0 and 100. */
const next = (level: number) => Math.min(98, Math.max(2, level + Math.random() * 16 - 8))

/** What the view says to the hook, and what that pushes: `assets/hooks.ts` has the other side. */
export const Chart = hookContract<
  { point: { readonly value: number } },
  { readonly points: readonly number[] }
>()("Chart", {})
export const Editor = hookContract<
  { text: { readonly text: string } },
  { readonly text: string }
>()("Editor", {
  edited: z.object({ text: z.string().max(20_000) }),
})

export const HooksLive = liveView({
  public: true,
  events: { ...Editor.events, clear: {} },
  mount: () => {
    const points = [50]
    for (let i = 1; i < 40; i++) points.push(next(points[i - 1] ?? 50))
    return { points, level: points.at(-1) ?? 50, count: words(TEXT) }
  },
  handleEvent: {
    // what a hook pushes is an event like any other, checked by its schema
    edited: (socket, { text }) => socket.assign({ count: words(text) }),
    clear: (socket) => Editor.push(socket, "text", { text: "" }),
  },
  subscribe: (_) => [
    every("1s", (socket) => {
      const level = next(socket.assigns.level)
      return Chart.push(socket.assign({ level }), "point", { value: level })
    }),
  ],
  title: "Hooks",
  render: ({ points, level, count }, { clear }) => html`
    ${demo(
      "A chart: chart.js",
      html`<p>Water level: <output id="level">${Math.round(level)} cm</output></p>
      <div class="chart" id="chart-frame" phx-update="ignore">
        <canvas ${Chart.attrs({ id: "chart", props: { points } })} role="img" aria-label="Water level over time"></canvas>
      </div>`,
    )}
    ${demo(
      "An editor: CodeMirror",
      html`<div class="editor" ${Editor.attrs({ id: "editor", props: { text: TEXT } })}></div>
      <p class="row">
        <span id="words">${count} ${count === 1 ? "word" : "words"}</span>
        <button class="second" phx-click="${clear}">Clear it from the server</button>
      </p>`,
    )}`,
})

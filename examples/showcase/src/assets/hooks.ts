// Hooks join an element of the page to its view: `handleEvent` hears
// the view, `pushEvent` tells it. What may be said stands in a
// contract beside the view. The libraries are loaded when a page first
// needs them.
import type { HookOf } from "@bennu/live"
import { propsOf } from "@bennu/live/client"
import type { Chart, Editor } from "../pages/hooks.ts"

/** Ends what a library did for an element. */
const endings = new WeakMap<Element, () => void>()

const destroyed = function (this: { readonly el: Element }) {
  endings.get(this.el)?.()
}

export const ChartHook = {
  async mounted(this: HookOf<typeof Chart>) {
    const { el } = this
    const { drawChart } = await import("./chart.ts")
    if (!(el instanceof HTMLCanvasElement) || !el.isConnected) return
    const chart = drawChart(el, propsOf<typeof Chart>(el).points)
    endings.set(el, () => chart.end())
    this.handleEvent("point", ({ value }) => chart.add(value))
  },
  destroyed,
}

export const EditorHook = {
  async mounted(this: HookOf<typeof Editor>) {
    const { el } = this
    const { openEditor } = await import("./editor.ts")
    if (!el.isConnected) return
    let wait = 0
    const editor = openEditor(el, propsOf<typeof Editor>(el).text, (text) => {
      clearTimeout(wait)
      wait = window.setTimeout(() => this.pushEvent("edited", { text }), 200)
    })
    endings.set(el, () => {
      clearTimeout(wait)
      editor.destroy()
    })
    this.handleEvent("text", ({ text }) =>
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } }),
    )
  },
  destroyed,
}

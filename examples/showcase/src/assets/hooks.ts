// Hooks join an element of the page to its view: `handleEvent` hears the
// view, `pushEvent` tells it. The libraries are loaded when a page first
// needs them.
import type { Hook } from "phoenix_live_view"

type Ended = () => void

export const ChartHook: Hook<{ end?: Ended }> = {
  async mounted() {
    const { el } = this
    const { drawChart } = await import("./chart.ts")
    if (!(el instanceof HTMLCanvasElement) || !el.isConnected) return
    const chart = drawChart(el, JSON.parse(el.dataset["points"] ?? "[]"))
    this.end = () => chart.end()
    this.handleEvent("point", ({ value }) => chart.add(value))
  },
  destroyed() {
    this.end?.()
  },
}

export const EditorHook: Hook<{ end?: Ended }> = {
  async mounted() {
    const { el } = this
    const { openEditor } = await import("./editor.ts")
    if (!el.isConnected) return
    let wait = 0
    const editor = openEditor(el, el.dataset["text"] ?? "", (text) => {
      clearTimeout(wait)
      wait = window.setTimeout(() => this.pushEvent("edited", { text }), 200)
    })
    this.end = () => {
      clearTimeout(wait)
      editor.destroy()
    }
    this.handleEvent("text", ({ text }) =>
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } }),
    )
  },
  destroyed() {
    this.end?.()
  },
}

// What drawing costs alone: a thousand rows, whole, and with one cell changed.
import { each, html } from "@bennu/html"
import { ViewFrames } from "../src/diff/view-frames.ts"
import { bumped, hoisted, keyOf, rows } from "./views.ts"

const host = { place: () => null, dirty: () => [] }

/** Frames of a view, encoded. */
export function renders(inline: boolean) {
  const draw = (all: typeof rows) =>
    html`<table><tbody>${each(all, keyOf, inline ? (row) => hoisted(row) : hoisted)}</tbody></table>`
  const sent = (frames: ViewFrames<object>, all: typeof rows) =>
    JSON.stringify(frames.send(draw(all)).next().value)
  let state = rows
  const open = new ViewFrames<object>(host)
  sent(open, state)
  return {
    full: () => sent(new ViewFrames<object>(host), rows),
    one() {
      state = bumped(state)
      return sent(open, state)
    },
  }
}

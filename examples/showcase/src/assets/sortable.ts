// Puts rows of a form into another order, by dragging them or with their
// arrows. The inputs in them tell the server.
import type { Hook } from "phoenix_live_view"

const rowOf = (target: EventTarget | null) =>
  target instanceof Element ? target.closest<HTMLElement>(".nested") : null

export const Sortable: Hook = {
  mounted() {
    const { el } = this
    const rows = () => [...el.querySelectorAll<HTMLElement>(".nested")]
    const changed = () =>
      el.querySelector("input")?.dispatchEvent(new Event("input", { bubbles: true }))
    let dragged: HTMLElement | null = null

    el.addEventListener("dragstart", ({ target }) => {
      dragged = rowOf(target)
    })
    el.addEventListener("dragover", (event) => {
      const over = rowOf(event.target)
      if (!dragged || !over) return
      event.preventDefault()
      const all = rows()
      if (all.indexOf(over) > all.indexOf(dragged)) over.after(dragged)
      if (all.indexOf(over) < all.indexOf(dragged)) over.before(dragged)
    })
    el.addEventListener("dragend", () => {
      dragged = null
      changed()
    })
    el.addEventListener("click", ({ target }) => {
      const arrow = target instanceof Element && target.closest<HTMLElement>("[data-move]")
      const row = arrow && rowOf(arrow)
      if (!row) return
      const all = rows()
      const at = all.indexOf(row)
      if (arrow.dataset["move"] === "up") all[at - 1]?.before(row)
      else all[at + 1]?.after(row)
      changed()
      arrow.focus()
    })
  },
}

// What runs in the browser: the official Phoenix clients as they come from npm, and two hooks.
import { Socket } from "phoenix"
import { type Hook, LiveSocket } from "phoenix_live_view"

/** A double click begins to edit: LiveView has bindings for single ones. */
const Edit: Hook = {
  mounted() {
    this.el.addEventListener("dblclick", () => {
      void this.pushEvent("edit", { id: this.el.dataset["id"] })
    })
  },
}

/** Empties the field once its todo is kept, unless somebody went on typing. */
const NewTodo: Hook<object, HTMLInputElement> = {
  mounted() {
    this.handleEvent("added", ({ title }) => {
      if (this.el.value === title) this.el.value = ""
    })
  },
}

const token = document.querySelector<HTMLMetaElement>("meta[name='csrf-token']")?.content
const live = new LiveSocket("/live", Socket, {
  params: () => ({ _csrf_token: token }),
  hooks: { Edit, NewTodo },
})
live.connect()

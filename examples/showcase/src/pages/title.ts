// `title` is a text, or a function of the assigns. The root layout says what
// stands around it: <title data-default="Showcase" data-suffix=" · Bennu
// showcase">
import { html } from "@bennu/html"
import { every } from "@bennu/live"
import * as z from "zod"
import { demo } from "../components.ts"
import { liveView } from "../vocabulary.ts"

export const TitleLive = liveView({
  public: true,
  events: { name: z.object({ title: z.string().max(80) }), count: {} },
  mount: () => ({ name: "Page title", seconds: 0, counting: false }),
  handleEvent: {
    name: (socket, { title }) => socket.assign({ name: title }),
    count: (socket) => {
      if (socket.assigns.counting) return socket.assign({ counting: false }).unsubscribe("clock")
      return socket
        .assign({ counting: true })
        .subscribe(
          every("1s", (later) => later.update("seconds", (seconds) => seconds + 1), "clock"),
        )
    },
  },
  title: ({ name, seconds }) => (seconds > 0 ? `(${seconds}) ${name}` : name),
  render: ({ name, seconds, counting }, { name: rename, count }) => html`
    ${demo(
      "Name this page",
      html`<form phx-change="${rename}">
        <div class="field">
          <label for="page-title">Title</label>
          <input id="page-title" name="title" value="${name}" maxlength="80" autocomplete="off">
        </div>
      </form>`,
    )}
    ${demo(
      "Let it count",
      html`<p class="row">
        <button phx-click="${count}">${counting ? "Stop" : "Count the seconds"}</button>
        <output>${seconds}</output>
      </p>
      <p class="hint">Look at the tab. A title that is the same again is not sent.</p>`,
    )}`,
})

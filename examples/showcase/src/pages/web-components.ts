// A custom element changes itself: attributes, children, a shadow tree.
// `ignoreAttributes` keeps those attributes that it writes,
// `phx-update="ignore"` what it puts inside, and a shadow tree is never
// touched.
import { html } from "@bennu/html"
import { clientHook, every, JS } from "@bennu/live"
import * as z from "zod"
import { demo } from "../components.ts"
import { liveView } from "../vocabulary.ts"

/** Hands on to the view what the element tells of. */
const rated = clientHook("Rated", {
  mounted() {
    this.el.addEventListener("rated", (event) => {
      if (event instanceof CustomEvent) this.pushEvent("rated", event.detail)
    })
  },
})

export const WebComponentsLive = liveView({
  public: true,
  hooks: [rated],
  events: { rated: z.object({ stars: z.int().min(1).max(5) }), older: {} },
  mount: () => ({ patches: 0, stars: 0, seen: Date.now() }),
  handleEvent: {
    rated: (socket, { stars }) => socket.assign({ stars }),
    older: (socket) => socket.update("seen", (seen) => seen - 3_600_000),
  },
  subscribe: (_) => [every("1s", (socket) => socket.update("patches", (patches) => patches + 1))],
  title: "Web components",
  render: ({ patches, stars, seen }, { older }) => html`
    ${demo(
      "One that writes to itself",
      html`<star-rating id="rating" phx-update="ignore" phx-hook="${rated}"
        phx-mounted="${JS.ignoreAttributes(["role", "aria-*", "value"])}"></star-rating>
      <p>The view heard <output id="stars">${stars}</output>, and patched this page ${patches} times since.</p>`,
    )}
    ${demo(
      "One from npm, fed by attributes",
      html`<p>Seen <relative-time id="seen" datetime="${new Date(seen).toISOString()}" phx-mounted="${JS.ignoreAttributes(["title"])}"></relative-time>.</p>
      <p><button phx-click="${older}">An hour earlier</button></p>`,
    )}`,
})

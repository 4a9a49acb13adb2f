// `portal` puts markup elsewhere in the document, here under `body`, where
// no other element can cut it off. It stays a part of this view: its events
// come here, and it is patched like anything else.
import { html } from "@bennu/html"
import { focusWrap, JS, portal } from "@bennu/live"
import { demo } from "../components.ts"
import { liveView } from "../vocabulary.ts"

const open = JS.show({ to: "#dialog", display: "grid", transition: ["fade", "clear", "opaque"] })
  .pushFocus()
  .focusFirst({ to: "#dialog-content" })
const close = JS.hide({ to: "#dialog", transition: ["fade", "opaque", "clear"] }).popFocus()

export const PortalLive = liveView({
  public: true,
  events: { count: {} },
  mount: () => ({ count: 0 }),
  handleEvent: { count: (socket) => socket.update("count", (count) => count + 1) },
  title: "Portal",
  render: ({ count }, events) => html`
    ${demo(
      "A box that cuts off what is in it",
      html`<div class="cramped">
        <p>Counted <output id="counted">${count}</output> times. The dialog is written here, and shown over everything.</p>
        <p><button phx-click="${open}">Open the dialog</button></p>
        ${portal(
          { id: "dialog-portal", target: "body" },
          html`<div class="dialog" id="dialog" hidden phx-window-keydown="${close}" phx-key="escape">
            <div class="sheet" role="dialog" aria-modal="true" aria-labelledby="dialog-title" phx-click-away="${close}">
              ${focusWrap(
                { id: "dialog-content" },
                html`<h2 id="dialog-title">A dialog</h2>
                  <p>Counted ${count} times. Tab stays in here, Escape closes.</p>
                  <p class="row">
                    <button phx-click="${events.count}">Count</button>
                    <button class="second" phx-click="${close}">Close</button>
                  </p>`,
              )}
            </div>
          </div>`,
        )}
      </div>`,
    )}`,
})

// A flash is put on the socket, shown by the layout, and gone with the next
// page or by a click.
import { html } from "@bennu/html"
import { demo } from "../components.ts"
import { path } from "../routes.ts"
import { liveView } from "../vocabulary.ts"

export const FlashLive = liveView({
  public: true,
  events: { praise: {}, warn: {}, takeAlong: {}, takeFarther: {}, clear: {} },
  handleEvent: {
    praise: (socket) => socket.putFlash("info", "Well clicked."),
    warn: (socket) => socket.putFlash("error", "That button bites."),
    // the message travels: to another live view over the socket that is open…
    takeAlong: (socket) =>
      socket.putFlash("info", "This came along, live.").pushNavigate(path.title()),
    // …and to an ordinary page in a signed cookie, for one request
    takeFarther: (socket) =>
      socket.putFlash("info", "This came along in a cookie.").redirect(path.plain()),
    clear: (socket) => socket.clearFlash(),
  },
  title: "Flash messages",
  render: (_, { praise, warn, takeAlong, takeFarther, clear }) => html`
    ${demo(
      "Say something",
      html`<p class="row">
        <button phx-click="${praise}">Put an info</button>
        <button phx-click="${warn}">Put an error</button>
        <button class="second" phx-click="${clear}">Clear both</button>
      </p>`,
    )}
    ${demo(
      "Take it along",
      html`<p class="row">
        <button phx-click="${takeAlong}">To another live page</button>
        <button phx-click="${takeFarther}">To an ordinary page</button>
      </p>`,
    )}`,
})

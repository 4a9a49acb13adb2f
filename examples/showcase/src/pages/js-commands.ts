// A row of commands is a value: `JS` is where each starts, every call gives
// a longer one, and a template holds it.
import { type Html, html } from "@bennu/html"
import { JS } from "@bennu/live"
import { demo } from "../components.ts"
import { path } from "../routes.ts"
import { liveView } from "../vocabulary.ts"

const to = "#bird"
const button = (label: string, command: JS): Html =>
  html`<button class="second" phx-click="${command}">${label}</button>`

export const CommandsLive = liveView({
  public: true,
  events: { count: {} },
  mount: () => ({ count: 0 }),
  handleEvent: { count: (socket) => socket.update("count", (count) => count + 1) },
  title: "JS commands",
  render: ({ count }, events) => html`
    <div class="stage"><div id="bird" class="bird" data-flash="${JS.transition("flash-it", { to, time: 400 })}">
      Heron <span id="count">${count}</span>
      <input id="nest" aria-label="Nest" value="a nest">
    </div></div>
    ${demo(
      "Show and hide",
      html`<p class="row">
        ${button("hide", JS.hide({ to, transition: ["fade", "opaque", "clear"] }))}
        ${button("show", JS.show({ to, display: "flex", transition: ["fade", "clear", "opaque"] }))}
        ${button("toggle", JS.toggle({ to, display: "flex" }))}
      </p>`,
    )}
    ${demo(
      "Classes and transitions",
      html`<p class="row">
        ${button("addClass", JS.addClass("tall", { to }))}
        ${button("removeClass", JS.removeClass("tall", { to }))}
        ${button("toggleClass", JS.toggleClass("bold", { to }))}
        ${button("transition", JS.transition("flash-it", { to, time: 400 }))}
      </p>`,
    )}
    ${demo(
      "Attributes",
      html`<p class="row">
        ${button("setAttribute", JS.setAttribute(["data-mood", "calm"], { to }))}
        ${button("removeAttribute", JS.removeAttribute("data-mood", { to }))}
        ${button("toggleAttribute", JS.toggleAttribute(["aria-busy", "true", "false"], { to }))}
        ${button("ignoreAttributes", JS.ignoreAttributes(["data-mood", "aria-*"], { to }))}
      </p>
      <p class="hint">What commands did stays when the page is patched; ignored attributes stay whoever wrote them.</p>`,
    )}
    ${demo(
      "Focus",
      html`<p class="row">
        ${button("focus", JS.focus({ to: "#nest" }))}
        ${button("focusFirst", JS.focusFirst({ to }))}
        ${button("pushFocus, then focus", JS.pushFocus().focus({ to: "#nest" }))}
        ${button("popFocus", JS.popFocus())}
      </p>`,
    )}
    ${demo(
      "Events and other commands",
      html`<p class="row">
        ${button("push", JS.push(events.count, { loading: to }))}
        ${button("dispatch", JS.dispatch("showcase:shout", { to: "#count", detail: { volume: 11 } }))}
        ${button("exec", JS.exec("data-flash", { to }))}
        ${button("concat", JS.push(events.count).concat(JS.toggleClass("bold", { to })))}
      </p>`,
    )}
    ${demo(
      "Places",
      html`<p class="row">
        ${button("patch", JS.patch(path.commands({ patched: "1" })))}
        ${button("navigate", JS.navigate(path.home()))}
      </p>`,
    )}`,
})

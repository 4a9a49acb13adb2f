import { type Html, html, raw } from "@bennu/html"
import { isDevelopment } from "../mode.ts"

// Runs in the page. Texts are set as texts: what a page sent is in them.
const script = `addEventListener("phx:bennu:crash", ({ detail }) => {
  document.getElementById("bennu-overlay")?.remove()
  const part = (tag, text) => Object.assign(document.createElement(tag), { textContent: text })
  const overlay = Object.assign(document.createElement("dialog"), { id: "bennu-overlay" })
  overlay.append(part("h2", detail.view + " crashed: " + detail.message), part("p", detail.hint), part("pre", detail.stack))
  overlay.append(part("h3", "What the page sent last"), part("pre", detail.events.join("\\n")))
  const close = part("button", "close")
  close.addEventListener("click", () => overlay.remove())
  overlay.append(close)
  document.documentElement.append(overlay)
  overlay.showModal()
})`

/**
 * Shows in development why a view crashed, where, and what its page had sent last. Put it into the root layout's head; in production it is
 * nothing, and pages are told nothing.
 * @param options `nonce`, the page's own, under a Content-Security-Policy that asks for one.
 */
export function errorOverlay({ nonce }: { readonly nonce?: string | undefined } = {}): Html {
  if (!isDevelopment()) return html``
  const open = String(html`<i nonce="${nonce ?? null}"></i>`)
  return raw(`<script${open.slice("<i".length, -"></i>".length)}>${script}</script>`)
}

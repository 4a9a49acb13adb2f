import { readFileSync } from "node:fs"
import { findPackageJSON } from "node:module"
import { join } from "node:path"
import { type Html, html, raw } from "@bennu/html"
import type { Layout } from "@bennu/plug"
import type { ClientHook } from "../../client-hook.ts"
import { runtimeHooks } from "../../hooks-module.ts"
import { liveHead } from "../../live-head.ts"

/** A script as it is on npm, for a page that has it in an element: its name, and what it is installed as. */
function script(name: string, as = name): Html {
  const manifest = findPackageJSON(as, import.meta.url)
  if (manifest === undefined) throw new Error(`${as} is not installed`)
  const code = readFileSync(join(manifest, "..", "priv", "static", `${name}.min.js`), "utf8")
  return raw(`<script>${code.replaceAll("</script", "<\\/script")}</script>`)
}

// What the page sends and gets, the state of the connection aside, and how long it waits before it sends.
const connect = (params: object) => `
  window.bennu = { frames: [], latency: 0 }
  class Recording extends WebSocket {
    constructor(...args) {
      super(...args)
      this.addEventListener("message", ({ data }) => {
        if (typeof data === "string") window.bennu.frames.push(JSON.parse(data))
      })
    }
    send(data) {
      if (window.bennu.latency === 0) return super.send(data)
      setTimeout(() => this.readyState === 1 && super.send(data), window.bennu.latency)
    }
  }
  const token = document.querySelector("meta[name='csrf-token']").content
  window.liveSocket = new LiveView.LiveSocket("/live", Phoenix.Socket, {
    params: () => ({ ...${JSON.stringify(params).replaceAll("<", "\\u003c")}, _csrf_token: token }),
    transport: Recording,
    reconnectAfterMs: () => 20,
    rejoinAfterMs: () => 20,
  })
  window.liveSocket.connect()
`

/** The page around a view, with the official client. @param client What it is installed as. */
export const clientLayout =
  (hooks: readonly ClientHook[], params: object, client?: string): Layout =>
  ({ title, head, content, csrfToken }) =>
    html`<!doctype html><html lang="en"><head>${liveHead({ csrfToken })}<title>${title}</title>${head}${runtimeHooks(hooks)}
      ${script("phoenix")}${script("phoenix_live_view", client)}</head><body>${content}
      ${raw(`<script>${connect(params)}</script>`)}</body></html>`

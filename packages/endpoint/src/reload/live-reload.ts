import { types } from "node:util"
import type { SocketHandler, Transport } from "@bennu/channels"
import type { Child } from "@bennu/core"
import { randomToken } from "@bennu/core/crypto"
import { nonceOf, type Plug, Reply } from "@bennu/plug"
import { client } from "./client.ts"
import { watch } from "./watch.ts"

export interface LiveReloadOptions {
  /** Files whose changes matter, as patterns: `["src/**\/*.ts", "assets/**\/*.css"]`. */
  readonly watch: readonly string[]
  /** Whether it does anything (unless NODE_ENV is `production`). */
  readonly enabled?: boolean | undefined
}

/** Reloads pages in development. Give `plug` and `sockets` to the endpoint. */
export interface LiveReload extends AsyncDisposable {
  /** Adds the script to pages, with their nonce, and serves it. As `before` of the endpoint. */
  readonly plug: Plug
  /** To be spread into `sockets` of the endpoint. */
  readonly sockets: Readonly<Record<`/${string}`, SocketHandler>>
  /** Tells pages that a file changed: for bundlers, which know better when they are done. */
  changed(file: string): void
}

const MOUNT = "/bennu/reload"
const SCRIPT = `${MOUNT}/client.js`
const MAX_PAGES = 100

/**
 * Reloads the pages of a developer when a file changes; when it is a style, only the styles. A page also reloads when
 * the server that it comes back to is another one. It works under a strict policy, and in production it is off.
 * @example
 * const reload = await app.start(liveReload({ watch: ["src/**\/*.ts", "assets/**\/*.css"] }))
 * await app.start(endpoint({ router, port, before: reload.plug, sockets: { ...reload.sockets } }))
 */
export function liveReload(options: LiveReloadOptions): Child<LiveReload> {
  const { enabled = process.env["NODE_ENV"] !== "production" } = options
  return {
    name: "live reload",
    start: async () => (enabled ? reloading(options.watch) : OFF),
  }
}

const OFF: LiveReload = {
  plug: (conn, next) => next(conn),
  sockets: {},
  changed() {},
  async [Symbol.asyncDispose]() {},
}

function reloading(globs: readonly string[]): LiveReload {
  const boot = randomToken(9)
  const pages = new Set<Transport>()
  let pending: "css" | "reload" | undefined
  const changed = (file: string) => {
    // an editor writes several files at once, and some of them twice
    if (pending === undefined) setTimeout(tell, 50).unref()
    pending = file.endsWith(".css") && pending !== "reload" ? "css" : "reload"
  }
  const tell = () => {
    for (const page of pages) page.send(pending ?? "reload")
    pending = undefined
  }
  const watching = watch(globs, changed)
  const socket: SocketHandler = {
    protocol: "live reload",
    upgrade(request) {
      if (request.header("origin") !== request.origin) return { status: 403 }
      if (pages.size >= MAX_PAGES) return { status: 503 }
      return {
        maxPayload: 1,
        open(transport) {
          pages.add(transport)
          transport.send(boot)
          return { message() {}, closed: () => void pages.delete(transport), drain() {} }
        },
      }
    },
  }
  return {
    plug: withScript,
    sockets: { [MOUNT]: socket },
    changed,
    async [Symbol.asyncDispose]() {
      watching[Symbol.dispose]()
    },
  }
}

const withScript: Plug = (conn, next) => {
  if (conn.path === SCRIPT) return new Reply(200, SCRIPT_HEADERS, client)
  const answer = next(conn)
  const add = (answer: Response | Reply) => {
    if (!Reply.is(answer) || typeof answer.body !== "string") return answer
    const end = answer.body.lastIndexOf("</body>")
    if (end === -1 || !answer.header("content-type")?.startsWith("text/html")) return answer
    const script = `<script nonce="${nonceOf(conn)}" src="${SCRIPT}"></script>`
    const body = answer.body.slice(0, end) + script + answer.body.slice(end)
    return new Reply(answer.status, answer.headers, body)
  }
  return types.isPromise(answer) ? answer.then(add) : add(answer)
}
const SCRIPT_HEADERS = [
  ["content-type", "text/javascript; charset=utf-8"],
  ["cache-control", "no-store"],
  ["x-content-type-options", "nosniff"],
] as const

// One server in a process of its own: `node server.ts fastify`. It tells its port, and its CPU time when asked.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { endpoint } from "@bennu/endpoint"
import { html as bennuHtml, each } from "@bennu/html"
import { get } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { serve } from "@hono/node-server"
import fastify from "fastify"
import { Hono } from "hono"
import { html as honoHtml } from "hono/html"

const rows = Array.from({ length: 100 }, (_, id) => ({ id, name: `Row <${id}>`, note: "a & b" }))

const entities: Readonly<Record<number, string>> = {
  34: "&quot;",
  38: "&amp;",
  39: "&#39;",
  60: "&lt;",
  62: "&gt;",
}
/** As fast as it can be written by hand: in Node a replacing expression takes four times as long. */
function escaped(text: string): string {
  let result = ""
  let last = 0
  for (let at = 0; at < text.length; at += 1) {
    const entity = entities[text.charCodeAt(at)]
    if (entity === undefined) continue
    result += text.slice(last, at) + entity
    last = at + 1
  }
  return last === 0 ? text : result + text.slice(last)
}

/** A page written by hand, for servers that bring no templates. */
const page = () =>
  `<!doctype html><html lang="en"><head><title>Rows</title></head><body><table>${rows
    .map(
      ({ id, name, note }) =>
        `<tr id="row-${id}"><td>${escaped(name)}</td><td>${escaped(note)}</td></tr>`,
    )
    .join("")}</table></body></html>`

const servers: Record<string, () => Promise<number>> = {
  async bennu() {
    const path = paths({ user: "/users/:id", page: "/page" })
    const routes = router(
      get(path.user, (conn) => conn.json({ id: conn.params.id, name: "Ada" })),
      get(path.page, (conn) =>
        conn.html(
          bennuHtml`<!doctype html><html lang="en"><head><title>Rows</title></head><body><table>${each(
            rows,
            ({ id }) => id,
            ({ id, name, note }) =>
              bennuHtml`<tr id="row-${id}"><td>${name}</td><td>${note}</td></tr>`,
          )}</table></body></html>`,
        ),
      ),
    )
    const { url } = await endpoint({ router: routes, port: 0 }).start(new AbortController().signal)
    return Number(url.port)
  },
  async "node:http"() {
    const server = createServer((request, response) => {
      const { url = "/" } = request
      const json = url.startsWith("/users/")
      const body = json ? JSON.stringify({ id: url.slice(7), name: "Ada" }) : page()
      const type = json ? "application/json; charset=utf-8" : "text/html; charset=utf-8"
      response
        .writeHead(200, ["content-type", type, "content-length", String(Buffer.byteLength(body))])
        .end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return (server.address() as AddressInfo).port
  },
  async fastify() {
    const server = fastify()
    server.get<{ Params: { id: string } }>("/users/:id", (request) => ({
      id: request.params.id,
      name: "Ada",
    }))
    server.get("/page", (_, reply) => reply.type("text/html; charset=utf-8").send(page()))
    await server.listen({ port: 0, host: "127.0.0.1" })
    return (server.server.address() as AddressInfo).port
  },
  hono() {
    const app = new Hono()
    app.get("/users/:id", (context) => context.json({ id: context.req.param("id"), name: "Ada" }))
    app.get("/page", (context) =>
      context.html(
        honoHtml`<!doctype html><html lang="en"><head><title>Rows</title></head><body><table>${rows.map(
          ({ id, name, note }) =>
            honoHtml`<tr id="row-${id}"><td>${name}</td><td>${note}</td></tr>`,
        )}</table></body></html>`,
      ),
    )
    return new Promise((resolve) => {
      serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve(port))
    })
  },
}

const port = await servers[process.argv[2] ?? "bennu"]?.()
process.on("message", () => process.send?.({ cpu: process.cpuUsage() }))
process.send?.({ port })

import type { AddressInfo } from "node:net"
import csrfProtection from "@fastify/csrf-protection"
import helmet from "@fastify/helmet"
import secureSession from "@fastify/secure-session"
import makeFastify from "fastify"
import { browserPage, page } from "./work.ts"

const noteSchema = {
  type: "object",
  required: ["name", "notes", "tags"],
  additionalProperties: false,
  properties: {
    name: { type: "string" },
    notes: { type: "string" },
    tags: { type: "array", items: { type: "number" } },
  },
} as const

export async function fastify(): Promise<number> {
  const server = makeFastify()
  server.get("/json", () => ({ hello: "world" }))
  server.get<{ Params: { id: string }; Querystring: { tab?: string } }>(
    "/users/:id",
    (request) => ({
      id: request.params.id,
      tab: request.query.tab,
    }),
  )
  server.post("/users", { schema: { body: noteSchema } }, (request) => request.body)
  server.get("/page", (_, reply) => reply.type("text/html; charset=utf-8").send(page()))
  await server.register(async (browser) => {
    await browser.register(secureSession, { key: Buffer.alloc(32, 1), cookie: { path: "/" } })
    await browser.register(csrfProtection, { sessionPlugin: "@fastify/secure-session" })
    await browser.register(helmet, { enableCSPNonces: true })
    browser.get("/browser", (_, reply) => {
      const body = browserPage(reply.generateCsrf(), reply.cspNonce.script)
      return reply.type("text/html; charset=utf-8").send(body)
    })
  })
  await server.listen({ port: 0, host: "127.0.0.1" })
  return (server.server.address() as AddressInfo).port
}

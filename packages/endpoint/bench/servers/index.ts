import { bennu } from "./bennu.ts"
import { express } from "./express.ts"
import { fastify } from "./fastify.ts"
import { hono } from "./hono.ts"
import { nodeHttp } from "./node-http.ts"

/** Each starts a server with the same routes, and gives its port. */
export const servers: Readonly<Record<string, () => Promise<number>>> = {
  bennu,
  "node:http": nodeHttp,
  fastify,
  hono,
  express,
}

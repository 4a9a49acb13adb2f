import { randomBytes } from "node:crypto"
import type { AddressInfo } from "node:net"
import cookieParser from "cookie-parser"
import { doubleCsrf } from "csrf-csrf"
import makeExpress from "express"
import expressSession from "express-session"
import helmet from "helmet"
import { browserPage, Note, page, secret } from "./work.ts"

export async function express(): Promise<number> {
  const app = makeExpress()
  app.get("/json", (_, response) => void response.json({ hello: "world" }))
  app.get("/users/:id", (request, response) => {
    response.json({ id: request.params.id, tab: request.query["tab"] })
  })
  app.post(
    "/users",
    makeExpress.json(),
    (request, response) => void response.json(Note.parse(request.body)),
  )
  app.get("/page", (_, response) => void response.type("html").send(page()))
  const { generateCsrfToken, doubleCsrfProtection } = doubleCsrf({
    getSecret: () => secret,
    getSessionIdentifier: (request) => request.session.id,
  })
  app.get(
    "/browser",
    expressSession({ secret, resave: false, saveUninitialized: true }),
    cookieParser(),
    doubleCsrfProtection,
    (_, response, next) => {
      response.locals["nonce"] = randomBytes(16).toString("base64")
      next()
    },
    helmet({
      contentSecurityPolicy: {
        directives: {
          scriptSrc: [(_, response) => `'nonce-${Reflect.get(response, "locals").nonce}'`],
        },
      },
    }),
    (request, response) => {
      response
        .type("html")
        .send(browserPage(generateCsrfToken(request, response), response.locals["nonce"]))
    },
  )
  const server = app.listen(0, "127.0.0.1")
  await new Promise((resolve) => server.once("listening", resolve))
  return (server.address() as AddressInfo).port
}

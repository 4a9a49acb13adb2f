import { endpoint } from "@bennu/endpoint"
import { each, html } from "@bennu/html"
import {
  action,
  csrfTokenOf,
  get,
  nonceOf,
  pipeline,
  post,
  protectFromForgery,
  scope,
  secureHeaders,
  session,
} from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { Note, rows, secret } from "./work.ts"

const path = paths({
  json: "/json",
  user: "/users/:id",
  create: "POST /users",
  page: "/page",
  browser: "/browser",
})
type Row = (typeof rows)[number]
const row = ({ id, name, note }: Row) =>
  html`<tr id="row-${id}"><td>${name}</td><td>${note}</td></tr>`
const table = () => html`<table>${each(rows, ({ id }) => id, row)}</table>`

export async function bennu(): Promise<number> {
  const browser = pipeline(session({ secret }), protectFromForgery(), secureHeaders())
  const routes = router(
    get(path.json, (conn) => conn.json({ hello: "world" })),
    get(path.user, (conn) => conn.json({ id: conn.params.id, tab: conn.query["tab"] })),
    post(
      path.create,
      action({ body: Note }, (conn, { body }) => conn.json(body)),
    ),
    get(path.page, (conn) =>
      conn.html(
        html`<!doctype html><html lang="en"><head><title>Rows</title></head><body>${table()}</body></html>`,
      ),
    ),
    scope("/", browser, [
      get(path.browser, (conn) =>
        conn.html(
          html`<!doctype html><html lang="en"><head><title>Rows</title><meta name="csrf-token" content="${csrfTokenOf(conn)}"><script nonce="${nonceOf(conn)}" src="/app.js"></script></head><body>${table()}</body></html>`,
        ),
      ),
    ]),
  )
  const { url } = await endpoint({ router: routes, port: 0 }).start(new AbortController().signal)
  return Number(url.port)
}

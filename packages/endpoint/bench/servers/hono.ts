import { serve } from "@hono/node-server"
import { Hono } from "hono"
import { html } from "hono/html"
import { Note, rows } from "./work.ts"

export function hono(): Promise<number> {
  const app = new Hono()
  app.get("/json", (context) => context.json({ hello: "world" }))
  app.get("/users/:id", (context) =>
    context.json({ id: context.req.param("id"), tab: context.req.query("tab") }),
  )
  app.post("/users", async (context) => context.json(Note.parse(await context.req.json())))
  app.get("/page", (context) =>
    context.html(
      html`<!doctype html><html lang="en"><head><title>Rows</title></head><body><table>${rows.map(
        ({ id, name, note }) => html`<tr id="row-${id}"><td>${name}</td><td>${note}</td></tr>`,
      )}</table></body></html>`,
    ),
  )
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve(port))
  })
}

import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import {
  action,
  app,
  del,
  flashOf,
  get,
  pipeline,
  post,
  protectFromForgery,
  putFlash,
  scope,
  session,
  Upload,
} from "./index.ts"
import { visitor } from "./testing.ts"

const path = paths({ home: "/", login: "/login", photo: "/photo", api: "/api", loop: "/loop" })
const served = app(
  router(
    scope("/", pipeline(session({ secret: "s".repeat(64) }), protectFromForgery()), [
      get(path.home, (conn) =>
        conn.json([conn.assigns.session.get("user") ?? null, flashOf(conn).info ?? null]),
      ),
      get(path.loop, (conn) => conn.redirect(path.loop())),
      post(
        path.login,
        action({ body: z.object({ name: z.string() }) }, (conn, { body }) => {
          conn.assigns.session.put("user", body.name)
          putFlash(conn, "info", "Welcome")
          return conn.redirect(path.home())
        }),
      ),
      del(path.login, (conn) => {
        conn.assigns.session.clear()
        return conn.redirect(path.home())
      }),
      post(
        path.photo,
        action(
          {
            body: z.object({ tags: z.array(z.string()), photo: z.instanceof(Upload) }),
            uploads: true,
          },
          (conn, { body }) => conn.json([body.tags, body.photo.filename]),
        ),
      ),
      post(
        path.api,
        action({ body: { json: z.unknown() } }, (conn, { body }) =>
          conn.json([body, conn.header("x-a")]),
        ),
      ),
    ]),
  ),
  { development: false },
)

describe("visitor", () => {
  it("signs in and out as somebody with a browser does", async () => {
    const ada = visitor(served)
    const login = await ada.post("/login", { form: { name: "Ada" } })
    expect([login.status, login.location]).toEqual([302, "/"])
    expect((await ada.follow(login)).json()).toEqual(["Ada", "Welcome"])
    expect((await ada.get("/")).json()).toEqual(["Ada", null])
    expect([...ada.cookies.keys()]).toEqual(["__Host-session"])
    expect((await visitor(served).get("/")).json()).toEqual([null, null])
    await ada.del("/login")
    expect([...ada.cookies.keys()]).toEqual([])
  })
  it("sends JSON, forms with files, and headers", async () => {
    const ada = visitor(served, { headers: { "x-a": "1" } })
    expect((await ada.post("/api", { json: { a: 1 } })).json()).toEqual([{ a: 1 }, "1"])
    const own = { json: null, headers: { "x-a": "2" } }
    expect((await ada.post("/api", own)).json()).toEqual([null, "2"])
    const form = { "tags[]": ["a", "b"], photo: new File(["x"], "me.png") }
    expect((await ada.post("/photo", { form })).json()).toEqual([["a", "b"], "me.png"])
  })
  it("is no visitor of another site, unless it says so", async () => {
    const evil = visitor(served, { headers: { "sec-fetch-site": "cross-site" } })
    expect((await evil.post("/login", { form: { name: "Ada" } })).status).toBe(403)
  })
  it("does not go round in circles", async () => {
    const ada = visitor(served)
    await expect(ada.follow(await ada.get("/loop"))).rejects.toThrow("10 redirects")
  })
  it("visits a real server in the same way", async () => {
    const server = createServer((request, response) => {
      response.setHeader("set-cookie", "seen=1; Path=/")
      response.end(request.headers.cookie ?? "none")
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    // a server that listens on a port has an address of this kind
    const { port } = server.address() as AddressInfo
    const ada = visitor(`http://127.0.0.1:${port}`)
    expect([(await ada.get("/")).text, (await ada.get("/")).text]).toEqual(["none", "seen=1"])
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
})

import { type Conn, get } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it } from "vitest"
import { type Endpoint, type EndpointOptions, endpoint } from "./index.ts"

const path = paths({ home: "/", any: "/any" })
const opened: Endpoint[] = []

async function serve(
  handle: (conn: Conn) => ReturnType<Parameters<typeof get>[1]> = (conn) => conn.text("any"),
) {
  const routes = router(get(path.any, handle))
  const made = await endpoint({ port: 0, router: routes }).start(new AbortController().signal)
  opened.push(made)
  return { ...made, ask: (to: string) => fetch(new URL(to, made.url)) }
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.stop(AbortSignal.abort())))
})

describe("starting", () => {
  const routes = router(get(path.home, (conn) => conn.text("")))

  it("tells whose port it is not, and what to do", async () => {
    const { url } = await serve()
    const port = Number(url.port)
    await expect(
      endpoint({ router: routes, port }).start(new AbortController().signal),
    ).rejects.toMatchObject({
      code: "ERR_ENDPOINT_PORT_TAKEN",
      port,
      hint: expect.stringContaining(`lsof -i :${port}`),
    })
  })

  it("tells when the host is none of this machine's", async () => {
    const child = endpoint({ router: routes, port: 0, host: "203.0.113.1" })
    await expect(child.start(new AbortController().signal)).rejects.toMatchObject({
      code: "ERR_ENDPOINT_LISTEN",
    })
  })

  it("does not start once it is not wanted", async () => {
    await expect(endpoint({ router: routes, port: 0 }).start(AbortSignal.abort())).rejects.toThrow()
  })

  it.each([
    [{ port: Number.NaN }, "port: has to be"],
    [{ port: 70_000 }, "port: has to be"],
    [{ limits: { bodyBytes: Number.NaN } }, "limits.bodyBytes: has to be"],
    [{ limits: { connections: 0 } }, "limits.connections: has to be"],
    [{ limits: { requestTimeout: Number.NaN } }, "limits.requestTimeout: has to be"],
    [{ limits: { bodybytes: 1 } }, "limits.bodybytes: is no limit"],
    [{ trustProxy: ["10"] }, "trustProxy: holds"],
    [{ trustProxy: ["10.0.0.0/33"] }, "trustProxy: holds"],
    [{ sockets: { "/live/": {} } }, "sockets./live/: has to be"],
    [{ ports: 1 }, "ports: is no option"],
  ])("refuses %j", (options, message) => {
    // what types promise, configuration files do not keep
    const given = { router: routes, port: 0, ...options } as EndpointOptions
    expect(() => endpoint(given)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message) }),
    )
  })
})

describe("stopping", () => {
  it("lets requests under way end, and takes no new ones", async () => {
    const here = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const { ask, stop, url, health } = await serve(async (conn) => {
      here.resolve()
      await go.promise
      return conn.text("done")
    })
    const answer = ask("/any")
    await here.promise
    const stopped = stop(new AbortController().signal)
    expect(health()).toEqual({ status: "down" })
    await expect(fetch(url)).rejects.toThrow()
    go.resolve()
    const response = await answer
    expect([await response.text(), response.headers.get("connection")]).toEqual(["done", "close"])
    await stopped
  })

  it("cuts off what is left at the deadline", async () => {
    const here = Promise.withResolvers<void>()
    const { ask, stop } = await serve(() => {
      here.resolve()
      return new Promise(() => {})
    })
    const answer = ask("/any")
    const failed = expect(answer).rejects.toThrow()
    await here.promise
    const deadline = new AbortController()
    const stopped = stop(deadline.signal)
    deadline.abort()
    await Promise.all([stopped, failed])
  })
})

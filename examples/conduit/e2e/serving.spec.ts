import { rmSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { join } from "node:path"
import { freePort, startPostgres } from "bennu-testkit"
import { certificate } from "../../../packages/endpoint/fixtures/certificate.ts"
import { callMe, connected, expect, open, test } from "./fixtures.ts"
import { conduit, dataDirectory, start } from "./server.ts"

const article = "/articles/two-windows"

test("with a certificate, browsers speak HTTP/2 to it, sockets are wss, and cookies stay on this host", async ({
  browser,
  complaints,
}) => {
  const data = dataDirectory()
  const files = { TLS_CERT: join(data, "cert.pem"), TLS_KEY: join(data, "key.pem") }
  const { cert, key } = certificate()
  writeFileSync(files.TLS_CERT, cert)
  writeFileSync(files.TLS_KEY, key)
  const app = await start({ ...files, DATA_DIR: data, PORT: "0" })
  const context = await browser.newContext({ baseURL: app.url, ignoreHTTPSErrors: true })
  complaints.watch(context)
  try {
    expect(app.url).toMatch(/^https:/)
    const page = await context.newPage()
    const sockets: string[] = []
    page.on("websocket", (socket) => sockets.push(new URL(socket.url()).protocol))
    await callMe(page, "Grace", article)
    await connected(page)
    await page.getByLabel("Your comment").fill("Over TLS.")
    await page.getByRole("button", { name: "Post" }).click()
    await expect(page.locator("#comments")).toContainText("Over TLS.")
    const spoken = await page.evaluate(() =>
      ["navigation", "resource"]
        .flatMap((type) => performance.getEntriesByType(type))
        .map((entry) => Reflect.get(entry, "nextHopProtocol")),
    )
    expect(new Set(spoken)).toEqual(new Set(["h2"]))
    expect(new Set(sockets)).toEqual(new Set(["wss:"]))
    const [cookie] = await context.cookies()
    expect(cookie).toMatchObject({ name: "__Host-session", secure: true, httpOnly: true })
    const home = await page.goto("/")
    expect(await home?.headerValue("strict-transport-security")).toContain("max-age=31536000")
  } finally {
    await context.close()
    expect(await app.stop()).toBe(0)
    rmSync(data, { recursive: true, force: true })
  }
})

test("half of a certificate, or a file that is not there, is said before anything starts", async () => {
  for (const [env, said] of [
    [{ TLS_CERT: import.meta.filename }, /TLS_KEY: .*goes with TLS_CERT/],
    [
      { TLS_CERT: "/nowhere.pem", TLS_KEY: import.meta.filename },
      /TLS_CERT: .*no file that can be/,
    ],
  ] as const)
    await expect(start({ ...env, PORT: "0" })).rejects.toThrow(said)
})

test("behind a proxy of this machine it listens on a Unix socket, and leaves none behind", async () => {
  const data = dataDirectory()
  const SOCKET = join(data, "conduit.sock")
  const app = await start({ SOCKET, DATA_DIR: data })
  const get = (path: string) =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const headers = { host: "conduit.example", accept: "text/html" }
      request({ socketPath: SOCKET, path, headers }, async (response) => {
        const body = (await response.setEncoding("utf8").toArray()).join("")
        resolve({ status: response.statusCode, body })
      })
        .once("error", reject)
        .end()
    })
  try {
    expect(app.url).toBe(`http://unix:${SOCKET}`)
    const { status, body } = await get(article)
    expect(status).toBe(200)
    expect(body).toContain("Conduit</title>")
  } finally {
    expect(await app.stop()).toBe(0)
    await expect(get("/")).rejects.toMatchObject({ code: "ENOENT" })
    rmSync(data, { recursive: true, force: true })
  }
})

test("balancers are told who is ready, part by part, and nothing else", async ({ server }) => {
  const [live, ready] = await Promise.all(
    ["/livez", "/readyz"].map(async (path) => (await fetch(server.url + path)).json()),
  )
  expect(live).toEqual({ status: "up" })
  expect(ready).toEqual({
    status: "up",
    parts: { repo: "up", pubsub: "up", endpoint: "up" },
  })
})

test("the next process takes over on the same port: pages go on where they were, with what was typed", async ({
  browser,
  complaints,
}) => {
  const postgres = await startPostgres()
  const data = dataDirectory()
  const PORT = String(await freePort())
  const env = { DATABASE_URL: postgres.url, DATA_DIR: data, REUSE_PORT: "true", PORT }
  const first = await start(env)
  const context = await browser.newContext({ baseURL: first.url })
  complaints.watch(context)
  complaints.serverIsDown = true
  try {
    const page = await context.newPage()
    await callMe(page, "Grace", article)
    await connected(page)
    await page.evaluate(() => Object.assign(window, { loadedOnce: true }))
    await page.getByLabel("Your comment").fill("Half a sent")
    const second = await start(env)
    expect(second.url).toBe(first.url)
    expect(await first.stop()).toBe(0)
    await connected(page)
    await page.getByLabel("Your comment").press("End")
    await page.getByLabel("Your comment").pressSequentially("ence.")
    await page.getByRole("button", { name: "Post" }).click()
    await expect(page.locator("#comments")).toContainText("Half a sentence.")
    expect(await page.evaluate(() => "loadedOnce" in window)).toBe(true)
    expect(await second.stop()).toBe(0)
  } finally {
    await context.close()
    await postgres.stop()
    rmSync(data, { recursive: true, force: true })
  }
})

test("a new secret makes nobody a stranger while the one before is still believed", async ({
  browser,
  complaints,
}) => {
  const [before, now] = ["b".repeat(64), "n".repeat(64)]
  await using server = await conduit({ SECRET_KEY_BASE: before })
  await using context = await browser.newContext({ baseURL: server.url })
  complaints.watch(context)
  complaints.serverIsDown = true
  const page = await context.newPage()
  await callMe(page, "Grace", article)
  await connected(page)
  await page.evaluate(() => Object.assign(window, { loadedOnce: true }))
  await server.kill()
  await server.restart({ SECRET_KEY_BASE: now, SECRET_KEY_BASE_BEFORE: before })
  await connected(page)
  expect(await page.evaluate(() => "loadedOnce" in window)).toBe(true)
  await page.goto("/")
  await expect(page.getByRole("link", { name: "Grace" })).toBeVisible()
})

test("whoever comes by http is sent to https on the public host, unless a trusted proxy took them there", async () => {
  await using server = await conduit({ PUBLIC_HOST: "conduit.example", TRUST_PROXY: "127.0.0.1" })
  const get = (headers: Record<string, string>) =>
    new Promise<{ status: number | undefined; location: string | undefined; hsts: unknown }>(
      (resolve, reject) =>
        request(`${server.url}/about?from=here`, { headers: { accept: "text/html", ...headers } })
          .once("response", ({ statusCode: status, headers }) => {
            const { location, "strict-transport-security": hsts } = headers
            resolve({ status, location, hsts })
          })
          .once("error", reject)
          .end(),
    )
  const host = "conduit.example"
  expect(await get({ host })).toMatchObject({
    status: 308,
    location: "https://conduit.example/about?from=here",
  })
  const secure = await get({ host, "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.1" })
  expect(secure).toMatchObject({ status: 200, hsts: expect.stringContaining("max-age=31536000") })
})

test("while it is developed, a page reloads by itself when the server is another one, under the same policy", async ({
  browser,
  complaints,
}) => {
  await using server = await conduit({ LIVE_RELOAD: "true" })
  await using context = await browser.newContext({ baseURL: server.url })
  complaints.watch(context)
  const page = await context.newPage()
  await open(page, "/")
  await page.evaluate(() => Object.assign(window, { loadedOnce: true }))
  complaints.serverIsDown = true
  await server.kill()
  await server.restart()
  await expect.poll(() => page.evaluate(() => "loadedOnce" in window).catch(() => true)).toBe(false)
  await connected(page)
})

test("scripts and styles are packed once, kept for ever, and sent in parts to who asks for a part", async ({
  server,
}) => {
  const page = await (await fetch(server.url, { headers: { accept: "text/html" } })).text()
  const script = `${server.url}${/src="(\/assets\/[^"]+)"/.exec(page)?.[1]}`
  const get = (headers: Record<string, string>) => fetch(script, { headers })
  const plain = await get({ "accept-encoding": "identity" })
  const whole = await plain.text()
  for (const coding of ["zstd", "br", "gzip"]) {
    const packed = await get({ "accept-encoding": coding })
    expect(packed.headers.get("content-encoding"), coding).toBe(coding)
    expect(packed.headers.get("vary")).toContain("accept-encoding")
    expect(Number(packed.headers.get("content-length"))).toBeLessThan(whole.length / 2)
    await packed.body?.cancel()
  }
  expect(plain.headers.get("cache-control")).toContain("immutable")
  const etag = plain.headers.get("etag") ?? ""
  const again = await get({ "if-none-match": etag, "accept-encoding": "identity" })
  expect({ status: again.status, body: await again.text() }).toEqual({ status: 304, body: "" })
  const part = await get({ range: "bytes=10-19", "accept-encoding": "identity" })
  expect({ status: part.status, body: await part.text() }).toEqual({
    status: 206,
    body: whole.slice(10, 20),
  })
})

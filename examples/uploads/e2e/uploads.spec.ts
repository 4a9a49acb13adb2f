import { createHash, randomBytes } from "node:crypto"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type RunningApp, startApp } from "bennu-testkit"
import { test as base, expect, type Page } from "playwright/test"

const main = join(import.meta.dirname, "../src/main.ts")
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

interface Fixtures {
  /** Where the server keeps files while they come. */
  readonly dir: string
  readonly app: RunningApp
}
const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
  dir: async ({}, use) => {
    const dir = mkdtempSync(join(tmpdir(), "uploads-"))
    await use(dir)
    rmSync(dir, { recursive: true, force: true })
  },
  app: async ({ dir }, use) => {
    const app = await startApp(main, { PORT: "0", UPLOAD_DIR: dir })
    await use(app)
    await app.stop()
  },
})

async function open(page: Page, { url }: RunningApp): Promise<void> {
  await page.goto(url)
  await expect(page.locator("[data-phx-main].phx-connected")).toBeAttached()
}
const progress = (page: Page) =>
  page.locator("#file progress").evaluate((element) => Number(element.getAttribute("value")))
const command = (page: Page, code: string) => page.evaluate(code)
// the client's own simulator of latency would hold back answers of a view until another one has taken its place
const stall = `{
  const { readAsArrayBuffer } = FileReader.prototype
  let chunks = 5
  let held = () => {}
  FileReader.prototype.readAsArrayBuffer = function (blob) {
    held = () => readAsArrayBuffer.call(this, blob)
    if (chunks-- > 0) held()
  }
  window.goOn_ = () => {
    FileReader.prototype.readAsArrayBuffer = readAsArrayBuffer
    held()
  }
}`
/** A file on its way, of which five chunks come until the page goes on. */
async function sending(page: Page, bytes: Uint8Array): Promise<void> {
  await command(page, stall)
  const file = {
    name: "large.bin",
    mimeType: "application/octet-stream",
    buffer: Buffer.from(bytes),
  }
  await page.getByLabel("A file, chosen").setInputFiles(file)
  await expect.poll(() => progress(page)).toBeGreaterThan(0)
}
const large = randomBytes(20_000_000)

test("a file of 20 MB comes chunk by chunk, with progress, and arrives as it is", async ({
  page,
  app,
  dir,
}) => {
  await open(page, app)
  await sending(page, large)
  expect(readdirSync(dir)).toHaveLength(1)
  await command(page, "goOn_()")
  await expect(page.locator("#kept li")).toHaveText(`large.bin 20000000 ${sha256(large)}`, {
    timeout: 90_000,
  })
  await expect(page.locator("#file li")).toHaveCount(0)
  await expect.poll(() => readdirSync(dir)).toEqual([])
})

test("a file that is dropped is sent", async ({ page, app }) => {
  await open(page, app)
  const files = await page.evaluateHandle(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File(["dropped"], "dropped.txt", { type: "text/plain" }))
    return transfer
  })
  await page.locator("#drop").dispatchEvent("drop", { dataTransfer: files })
  await expect(page.locator("#kept li")).toHaveText(
    `dropped.txt 7 ${sha256(Buffer.from("dropped"))}`,
  )
})

test("a file that is cancelled stops, and another one can be sent", async ({ page, app, dir }) => {
  await open(page, app)
  await sending(page, large)
  await page.getByRole("button", { name: "cancel large.bin" }).click()
  await expect(page.locator("#file li")).toHaveCount(0)
  await expect.poll(() => readdirSync(dir)).toEqual([])
  await command(page, "goOn_()")
  const file = { name: "b.txt", mimeType: "text/plain", buffer: Buffer.from("b") }
  await page.getByLabel("A file, chosen").setInputFiles(file)
  await expect(page.locator("#kept li")).toHaveText(`b.txt 1 ${sha256(file.buffer)}`)
})

test("a socket that is cut takes its files along, and the page sends anew", async ({
  page,
  app,
  dir,
}) => {
  await open(page, app)
  await sending(page, large)
  await command(page, "liveSocket.socket.conn.close()")
  await expect(page.locator("[data-phx-main].phx-connected")).toBeAttached()
  await expect(page.locator("#file li")).toHaveCount(0)
  await expect.poll(() => readdirSync(dir)).toEqual([])
  await command(page, "goOn_()")
  const file = { name: "c.txt", mimeType: "text/plain", buffer: Buffer.from("c") }
  await page.getByLabel("A file, chosen").setInputFiles(file)
  await expect(page.locator("#kept li")).toHaveText(`c.txt 1 ${sha256(file.buffer)}`)
})

test("what a server leaves behind that is killed, the next one removes", async ({ page, dir }) => {
  const app = await startApp(main, { PORT: "0", UPLOAD_DIR: dir })
  await open(page, app)
  await sending(page, large)
  await app.kill()
  expect(readdirSync(dir)).toHaveLength(1)
  const next = await startApp(main, { PORT: "0", UPLOAD_DIR: dir })
  await expect.poll(() => readdirSync(dir)).toEqual([])
  await next.stop()
})

test("a folder of 300 files comes, more than a socket has channels, each under its path", async ({
  page,
  app,
  dir,
}) => {
  test.slow()
  const folder = join(dir, "photos")
  for (let n = 0; n < 300; n++) {
    mkdirSync(join(folder, String(n % 10)), { recursive: true })
    writeFileSync(join(folder, String(n % 10), `${n}.txt`), `file ${n}`)
  }
  await open(page, app)
  await page.getByLabel("A folder").setInputFiles(folder)
  await expect(page.locator("#count")).toHaveText("300 have come", { timeout: 300_000 })
  await expect(page.locator("#folder li")).toHaveCount(0)
  const [first = ""] = await page.locator("#kept li").allTextContents()
  const [, n = ""] = /^photos\/\d\/(\d+)\.txt /.exec(first) ?? []
  expect(first).toBe(
    `photos/${Number(n) % 10}/${n}.txt ${5 + n.length} ${sha256(Buffer.from(`file ${n}`))}`,
  )
})

test("a video goes to the bucket in parts, which are put together there", async ({ page, app }) => {
  await open(page, app)
  const buffer = randomBytes(1_000_000)
  await page.getByLabel("A video").setInputFiles({ name: "a.mp4", mimeType: "video/mp4", buffer })
  await expect(page.locator("#video li")).toHaveCount(1)
  const parts: string[] = []
  page.on("request", (request) => request.method() === "PUT" && parts.push(request.url()))
  await page.getByRole("button", { name: "Keep the video" }).click()
  await expect(page.locator("#kept li")).toHaveText(`a.mp4 1000000 ${sha256(buffer)}`)
  expect(new Set(parts).size).toBe(4)
})

test("a small video comes by the socket, and one without a name not at all", async ({
  page,
  app,
}) => {
  await open(page, app)
  const parts: string[] = []
  page.on("request", (request) => request.method() === "PUT" && parts.push(request.url()))
  const video = { mimeType: "video/mp4", buffer: Buffer.from("\0\0\0\x18ftypisom") }
  await page.getByLabel("A video").setInputFiles({ name: ".mp4", ...video })
  await expect(page.locator("#video li")).toHaveCount(1)
  await page.getByRole("button", { name: "Keep the video" }).click()
  await expect(page.locator("#video b")).toHaveText("refused has no name")
  await page.getByRole("button", { name: "cancel .mp4" }).click()
  await expect(page.locator("#video li")).toHaveCount(0)
  await page.getByLabel("A video").setInputFiles({ name: "a.mp4", ...video })
  await expect(page.locator("#video li")).toHaveCount(1)
  await page.getByRole("button", { name: "Keep the video" }).click()
  await expect(page.locator("#kept li")).toHaveText(`a.mp4 12 ${sha256(video.buffer)}`)
  expect(parts).toEqual([])
})

test("a part that the bucket does not take is told of", async ({ page, app }) => {
  await open(page, app)
  await page.route("**/bucket/**", (route) => route.fulfill({ status: 403 }))
  const video = { name: "a.mp4", mimeType: "video/mp4", buffer: randomBytes(10_000) }
  await page.getByLabel("A video").setInputFiles(video)
  await expect(page.locator("#video li")).toHaveCount(1)
  await page.getByRole("button", { name: "Keep the video" }).click()
  await expect(page.locator("#video b")).toHaveText(
    "external_client_failure the bucket did not take it",
  )
  await page.unroute("**/bucket/**")
  await page.getByRole("button", { name: "cancel a.mp4" }).click()
  await expect(page.locator("#video li")).toHaveCount(0)
})

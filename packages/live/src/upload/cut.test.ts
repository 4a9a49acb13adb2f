import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import type { BrowserPage } from "../../fixtures/browser.ts"
import { choose, openUploads, reads, until } from "../../fixtures/upload-page.ts"
import { startUploads } from "../../fixtures/upload-server.ts"

const content = "0123456789".repeat(10_000)

// the client's own simulator of latency would hold back answers of a view until another one has taken its place
const stall = `
  const { readAsArrayBuffer } = FileReader.prototype
  let chunks = 5
  FileReader.prototype.readAsArrayBuffer = function (blob) { if (chunks-- > 0) readAsArrayBuffer.call(this, blob) }
  window.goOn_ = () => { FileReader.prototype.readAsArrayBuffer = readAsArrayBuffer }
`

/** A folder, a server whose files lie there, and a page whose disk stands still after five chunks of its file. */
async function sending() {
  const dir = await mkdtemp(join(tmpdir(), "bennu-cut-"))
  const server = await startUploads(dir)
  const page = await openUploads(server.url)
  page.window.eval(stall)
  choose(page, "file", [content, "a.txt"])
  await reads(page, "#progress", "5")
  expect(await readdir(dir)).toHaveLength(1)
  return {
    ...{ dir, page },
    async [Symbol.asyncDispose]() {
      page[Symbol.dispose]()
      await server[Symbol.asyncDispose]()
      await rm(dir, { recursive: true })
    },
  }
}
const nothingIn = (dir: string) => until(async () => expect(await readdir(dir)).toEqual([]))

/** The page joins again and sends its file anew. */
async function sendsAnew(page: BrowserPage): Promise<void> {
  await until(() =>
    expect(page.document.querySelector("[data-phx-main].phx-connected")).not.toBeNull(),
  )
  await reads(page, "#progress", "")
  page.window.eval("goOn_()")
  choose(page, "file", [content, "b.txt"])
  await reads(page, "#saved", content)
}

describe("a file that is on its way", () => {
  it("is gone when its socket is cut, and can be sent anew", async () => {
    await using sent = await sending()
    sent.page.window.eval("liveSocket.socket.conn.close()")
    await sendsAnew(sent.page)
    await nothingIn(sent.dir)
  }, 60_000)

  it("is gone when its view crashes, and can be sent anew", async () => {
    await using sent = await sending()
    sent.page.click("#crash")
    await nothingIn(sent.dir)
    await sendsAnew(sent.page)
    await nothingIn(sent.dir)
  }, 60_000)

  it("keeps its form from being recovered neither before it nor after it, though it is the first field", async () => {
    await using sent = await sending()
    const { page } = sent
    page.type("#note", "a word")
    await reads(page, "#noted", "a word")
    page.click("#crash")
    // the client shows what it has joined only once its forms are recovered
    await reads(page, "#progress", "")
    await reads(page, "#noted", "a word")
    page.window.eval("goOn_()")
    choose(page, "file", [content, "b.txt"])
    await reads(page, "#saved", content)
    await reads(page, "#progress", "")
    page.click("#crash")
    await reads(page, "#saved", "")
    await reads(page, "#noted", "a word")
    expect(page.document.querySelector("#note")?.value).toBe("a word")
  }, 60_000)

  it("is gone when its page is left", async () => {
    await using sent = await sending()
    sent.page.window.eval("liveSocket.disconnect()")
    await nothingIn(sent.dir)
  }, 60_000)
})

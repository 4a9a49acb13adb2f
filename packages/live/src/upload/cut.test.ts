import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import type { BrowserPage } from "../../fixtures/browser.ts"
import { choose, openUploads, reads, until } from "../../fixtures/upload-page.ts"
import { startUploads } from "../../fixtures/upload-server.ts"

const content = "0123456789".repeat(10_000)

/** A folder, a server whose files lie there, and a page in the middle of sending one. */
async function sending() {
  const dir = await mkdtemp(join(tmpdir(), "bennu-cut-"))
  const server = await startUploads(dir)
  const page = await openUploads(server.url)
  page.window.eval("liveSocket.enableLatencySim(50)")
  choose(page, "file", [content, "a.txt"])
  await until(() => expect(Number(page.text("#progress"))).toBeGreaterThan(1))
  expect(await readdir(dir)).toHaveLength(1)
  page.window.eval("liveSocket.disableLatencySim()")
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

  it("is gone when its page is left", async () => {
    await using sent = await sending()
    sent.page.window.eval("liveSocket.disconnect()")
    await nothingIn(sent.dir)
  }, 60_000)
})

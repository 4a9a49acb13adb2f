import { rmSync } from "node:fs"
import { startPostgres } from "bennu-testkit"
import postgres from "postgres"
import { callMe, connected, expect, open, test } from "./fixtures.ts"
import { dataDirectory, start } from "./server.ts"

test("a handler that throws ends its view alone: it comes back by itself, and others notice nothing", async ({
  browser,
  complaints,
}) => {
  const server = await startPostgres()
  const data = dataDirectory()
  const app = await start({ DATABASE_URL: server.url, DATA_DIR: data, PORT: "0" })
  const sql = postgres(server.url, { max: 1, onnotice: () => {} })
  try {
    // a rule of the database that nobody told the app about: the insert throws, in the middle of the event
    await sql`alter table comments add constraint a_surprise check (body <> 'crash')`
    const page = await browser.newPage({ baseURL: app.url })
    const other = await browser.newPage({ baseURL: app.url })
    for (const each of [page, other]) complaints.watch(each.context())
    const errors: string[] = []
    const joins: string[] = []
    page.on("websocket", (socket) => {
      const note = (list: string[], event: string) => {
        return ({ payload }: { payload: string | Buffer }) => {
          if (String(payload).includes(event)) list.push(String(payload))
        }
      }
      socket.on("framereceived", note(errors, "phx_error"))
      socket.on("framesent", note(joins, "phx_join"))
    })
    await callMe(page, "Grace", "/articles/two-windows")
    await connected(page)
    await open(other, "/articles/two-windows")
    await other.evaluate(() => Object.assign(window, { neverReloaded: true }))

    const joined = joins.length
    await page.getByLabel("Your comment").fill("crash")
    await page.getByRole("button", { name: "Post" }).click()
    await expect.poll(() => errors.length).toBe(1)
    // until then the page may still look as it did before
    await expect.poll(() => joins.length).toBeGreaterThan(joined)
    await connected(page)
    // what was typed is still there: the page sent it again when it joined
    await expect(page.getByLabel("Your comment")).toHaveValue("crash")

    await page.getByLabel("Your comment").fill("after the crash")
    await page.getByRole("button", { name: "Post" }).click()
    await expect(other.locator("#comments")).toContainText("after the crash")
    await expect(other.locator("[data-phx-main].phx-connected")).toBeAttached()
    expect(await other.evaluate(() => "neverReloaded" in window)).toBe(true)
    expect(errors).toHaveLength(1)
  } finally {
    complaints.serverIsDown = true
    await sql.end()
    await app.kill()
    await server.stop()
    rmSync(data, { recursive: true, force: true })
  }
})

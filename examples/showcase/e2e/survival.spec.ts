import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "bennu-testkit"
import type { Page } from "playwright/test"
import { expect, open, start, test } from "./fixtures.ts"

async function countTo3(page: Page) {
  await open(page, "/survival")
  const count = page.locator("#count")
  for (const number of ["1", "2", "3"]) {
    await page.getByRole("button", { name: "Count", exact: true }).click()
    await expect(count).toHaveText(number)
  }
  const given = await page.evaluateHandle(() => ({
    stash: new Promise((done) => addEventListener("phx:bennu:stash", done, { once: true })),
  }))
  await page.getByLabel("A note").fill("half a sent")
  // a page is given its stash once a second at most
  await given.evaluate(async ({ stash }) => void (await stash))
  return { count, story: page.locator("#story"), born: await page.locator("#born").textContent() }
}

test("a view is parked while its page is away for a moment", async ({ page }) => {
  const { count, story, born } = await countTo3(page)
  const back = page.waitForEvent("websocket")
  await page.getByRole("button", { name: "For a moment" }).click()
  await back
  await expect(page.locator("[data-phx-main].phx-connected")).toBeAttached()
  await expect(count).toHaveText("3")
  await expect(story).toHaveText(`Mounted at ${born} UTC, with nothing yet.`)
  await expect(page.getByLabel("A note")).toHaveValue("half a sent")
  await page.getByRole("button", { name: "Count", exact: true }).click()
  await expect(count).toHaveText("4")
})

test("what a view stashed is there again when it had to go", async ({ page }) => {
  const { count, story } = await countTo3(page)
  await page.getByRole("button", { name: "For five seconds" }).click()
  await expect(story).toContainText("with what was stashed")
  await expect(count).toHaveText("3")
  await expect(page.getByLabel("A note")).toHaveValue("half a sent")
  await page.getByRole("button", { name: "Count", exact: true }).click()
  await expect(count).toHaveText("4")
  await expect(page).toHaveTitle(/^Survived: 4/)
})

test("what a view stashed outlives the server", async ({ browser }) => {
  const data = mkdtempSync(join(tmpdir(), "showcase-"))
  const env = { PORT: String(await freePort()), DATA_DIR: data }
  const first = await start(env)
  const context = await browser.newContext({ baseURL: first.url })
  const page = await context.newPage()
  const { count, story } = await countTo3(page)
  await first.kill()
  await expect(page.locator("#offline")).toBeVisible()
  const second = await start(env)
  await expect(story).toContainText("with what was stashed", { timeout: 60_000 })
  await expect(count).toHaveText("3")
  await expect(page.getByLabel("A note")).toHaveValue("half a sent")
  await expect(page.locator("#offline")).toBeHidden()
  await context.close()
  await second.stop()
  rmSync(data, { recursive: true, force: true })
})

import { join } from "node:path"
import { startApp } from "bennu-testkit"
import { expect, test } from "playwright/test"

test("two windows share one number, and the console stays silent", async ({ browser }) => {
  const app = await startApp(join(import.meta.dirname, "../src/main.ts"), { PORT: "0" })
  const context = await browser.newContext({ baseURL: app.url })
  const complaints: string[] = []
  context.on("console", (message) => message.type() === "error" && complaints.push(message.text()))
  context.on("weberror", (error) => complaints.push(error.error().message))
  const [one, two] = [await context.newPage(), await context.newPage()]
  for (const page of [one, two]) {
    await page.goto("/")
    await expect(page.locator("[data-phx-main].phx-connected")).toBeAttached()
  }
  await one.getByRole("button", { name: "more" }).click()
  await two.getByRole("button", { name: "more" }).click()
  await one.getByRole("button", { name: "less" }).click()
  await two.getByRole("button", { name: "more" }).click()
  await expect(one.locator("output")).toHaveText("2")
  await expect(two.locator("output")).toHaveText("2")
  expect(complaints).toEqual([])
  await context.close()
  expect(await app.stop()).toBe(0)
})

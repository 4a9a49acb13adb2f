import { expect, open, test } from "./fixtures.ts"

test("live components keep a state of their own, take props and tell their view", async ({
  page,
}) => {
  await open(page, "/components")
  const tally = (name: string) => page.locator(`#${name}`)
  await tally("Herons").getByRole("button", { name: "Add 1" }).click()
  await tally("Egrets").getByRole("button", { name: "Add 1" }).click()
  await tally("Egrets").getByRole("button", { name: "Add 1" }).click()
  await expect(tally("Herons").locator("output")).toHaveText("1")
  await expect(tally("Egrets").locator("output")).toHaveText("2")
  await expect(tally("Storks").locator("output")).toHaveText("0")

  await page.getByLabel("Step of all").fill("5")
  await tally("Storks").getByRole("button", { name: "Add 5" }).click()
  await expect(tally("Storks").locator("output")).toHaveText("5")
  await tally("Storks").getByRole("button", { name: "Report" }).click()
  await expect(page.locator("#heard")).toHaveText("Storks: 5")

  await page.getByRole("button", { name: "Let herons come" }).click()
  await tally("Herons").getByRole("button", { name: "Add 100" }).click()
  await expect(tally("Herons").locator("output")).toHaveText("101")
  await expect(tally("Egrets").getByRole("button", { name: "Add 5" })).toBeVisible()
  await tally("Egrets").getByRole("button", { name: "Reset" }).click()
  await expect(tally("Egrets").locator("output")).toHaveText("0")
  await expect(tally("Herons").locator("output")).toHaveText("101")
})

test("a flash is shown, dismissed, and comes along to another page", async ({ page }) => {
  await open(page, "/flash")
  await page.getByRole("button", { name: "Put an info" }).click()
  await page.getByRole("button", { name: "Put an error" }).click()
  await expect(page.getByRole("alert")).toContainText("That button bites.")
  await page.getByRole("alert").getByRole("button", { name: "Dismiss" }).click()
  await expect(page.getByRole("alert")).toHaveCount(0)
  await expect(page.locator("#flash-info")).toBeVisible()
  await page.getByRole("button", { name: "Clear both" }).click()
  await expect(page.locator(".flash")).toHaveCount(0)

  await page.getByRole("button", { name: "To another live page" }).click()
  await expect(page).toHaveURL("/title")
  await expect(page.locator(".flash", { hasText: "This came along, live." })).toBeVisible()
  await page.getByRole("link", { name: "Flash messages" }).first().click()
  await expect(page.locator(".flash", { hasText: "This came along, live." })).toHaveCount(0)

  await page.getByRole("button", { name: "To an ordinary page" }).click()
  await expect(page).toHaveURL("/navigation/plain")
  await expect(page.locator(".flash", { hasText: "in a cookie" })).toBeVisible()
  await page.reload()
  await expect(page.locator(".flash", { hasText: "in a cookie" })).toHaveCount(0)
})

test("the title of the page follows its assigns", async ({ page }) => {
  await open(page, "/title")
  await expect(page).toHaveTitle("Page title · Bennu showcase")
  await page.getByLabel("Title", { exact: true }).fill("Reeds")
  await expect(page).toHaveTitle("Reeds · Bennu showcase")
  await page.getByRole("button", { name: "Count the seconds" }).click()
  // each lasts a second, and so may the time between two looks
  await expect(page).toHaveTitle(/^\(\d+\) Reeds/)
  await page.getByRole("button", { name: "Stop" }).click()
  await page.getByRole("link", { name: "Validation" }).first().click()
  await expect(page).toHaveTitle("Validation · Bennu showcase")
})

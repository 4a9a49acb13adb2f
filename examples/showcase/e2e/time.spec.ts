import { expect, open, test } from "./fixtures.ts"

test("what takes long is awaited, fails with its words, and keeps what was there", async ({
  page,
}) => {
  await open(page, "/async")
  await expect(page.locator("#weather")).toHaveText(/^Wind: /)
  await expect(page.locator("#level")).toHaveText("The gauge does not answer.")
  await page.getByRole("button", { name: "Ask again" }).click()
  await expect(page.locator("#weather.faint")).toHaveText(/^Wind: /)
  await expect(page.locator("#weather:not(.faint)")).toHaveText(/^Wind: /)
})

test("work is cancelled, started again and finished while the page answers", async ({ page }) => {
  await open(page, "/async")
  const survey = page.locator("#survey")
  const count = page.getByRole("button", { name: "Count", exact: true })
  await count.click()
  await expect(survey).toHaveText(/^Counting/)
  await expect(count).toBeDisabled()
  await page.getByRole("button", { name: "Cancel" }).click()
  await expect(survey).toHaveText(/^Cancelled/)
  await count.click()
  await page.getByRole("button", { name: "Ask again" }).click()
  await expect(page.locator("#weather.faint")).toBeAttached()
  await expect(survey).toHaveText("128 nests.")
})

test("a view that crashes starts again alone", async ({ page }) => {
  await open(page, "/crash")
  const [left, right] = [page.locator("#left"), page.locator("#right")]
  await left.getByRole("button", { name: "Count" }).click()
  await right.getByRole("button", { name: "Count" }).click()
  await right.getByRole("button", { name: "Count" }).click()
  await page.getByRole("button", { name: "Count here" }).click()
  await expect(right.locator("output")).toHaveText("2")
  await left.getByRole("button", { name: "Crash left" }).click()
  await expect(left).toContainText("Mounted 2 times.")
  await expect(left.locator("output")).toHaveText("0")
  await expect(right.locator("output")).toHaveText("2")
  await expect(page.locator("#outer")).toHaveText("1")
  await left.getByRole("button", { name: "Count" }).click()
  await expect(left.locator("output")).toHaveText("1")
})

import { expect, open, phases, test } from "./fixtures.ts"

test("what takes long is awaited, fails with its words, and keeps what was there", async ({
  page,
}) => {
  await open(page, "/async")
  await expect(page.locator("#weather")).toHaveText(/^Wind: /)
  await expect(page.locator("#level")).toHaveText("The gauge does not answer.")
  const weather = await phases(page, "#weather")
  await page.getByRole("button", { name: "Ask again" }).click()
  await expect.poll(weather).toContainEqual(expect.stringMatching(/faint.*Wind: /))
  await expect(page.locator("#weather:not(.faint)")).toHaveText(/^Wind: /)
})

test("what the first answer loaded is still there once the page is live", async ({ page }) => {
  const answered = page.waitForResponse((response) => response.url().endsWith("/async"))
  await open(page, "/async")
  const shown = await page.locator("#flock").textContent()
  expect(shown).toMatch(/^\d+ starlings/)
  expect(await (await answered).text()).toContain(shown)
})

test("work is cancelled, started again and finished while the page answers", async ({ page }) => {
  await open(page, "/async")
  const survey = page.locator("#survey")
  const count = page.getByRole("button", { name: "Count", exact: true })
  const surveyed = await phases(page, "#survey")
  await count.click()
  await page.getByRole("button", { name: "Cancel" }).click()
  await expect(survey).toHaveText(/^Cancelled/)
  expect(await surveyed()).toContainEqual(expect.stringContaining("Counting"))
  const weather = await phases(page, "#weather")
  await count.click()
  await page.getByRole("button", { name: "Ask again" }).click()
  // a slow page may have it waiting and answered at once
  await expect.poll(async () => (await weather()).length).toBeGreaterThan(0)
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

import type { Page } from "playwright/test"
import { expect, open, test } from "./fixtures.ts"

// a trace copies the page at each step, and 10,000 rows take it ten times as long as the test
test.use({ trace: "off" })

const held = (page: Page) => page.locator("#sightings > li")
const ids = (page: Page) =>
  held(page).evaluateAll((rows) => rows.map(({ id }) => Number(id.replace("sightings-", ""))))

test("rows are inserted, moved, deleted and reset in a list of 10,000", async ({ page }) => {
  await open(page, "/streams")
  await expect(held(page)).toHaveCount(50)
  await page.getByRole("button", { name: "Insert on top" }).click()
  await expect(held(page).first()).toHaveAttribute("id", "sightings-10001")
  await page.getByRole("button", { name: "Move number 2 up" }).click()
  await page.getByRole("button", { name: "Move number 2 up" }).click()
  await expect.poll(async () => (await ids(page)).slice(0, 4)).toEqual([2, 10_001, 1, 3])
  await page.getByRole("button", { name: "Delete number 1", exact: true }).click()
  await expect.poll(async () => (await ids(page)).slice(0, 4)).toEqual([2, 10_001, 3, 4])
  await expect(page.locator("#held")).toContainText("of 10,000")
  await page.getByRole("button", { name: "Append at the end" }).click()
  await expect(held(page).last()).toHaveAttribute("id", "sightings-10002")
  await page.getByRole("button", { name: "Reverse all" }).click()
  await expect.poll(async () => (await ids(page)).slice(0, 3)).toEqual([10_002, 10_000, 9_999])
})

test("scrolling fetches rows at one end and lets go of those at the other", async ({ page }) => {
  await open(page, "/streams")
  const told = page.locator("#held")
  await page.locator(".scroller").hover()
  // one turn of the wheel gets to the end of what the page holds: with the next one before more is there, it would be more
  for (const last of [100, 150, 200, 250]) {
    await page.mouse.wheel(0, 3000)
    await expect(told).toContainText(`to ${last} of 10,000`)
  }
  await expect(told).toHaveText("Rows 101 to 250 of 10,000 are in the page.")
  const all = await ids(page)
  expect(all).toEqual(Array.from({ length: 150 }, (_, index) => 101 + index))
  // the client does not look while an answer is on its way, and where nothing moves any more there is nothing to look at
  await expect(async () => {
    for (const pixels of [300, -3000]) await page.mouse.wheel(0, pixels)
    await expect(told).toHaveText(/^Rows (1|51) to/, { timeout: 1_000 })
  }).toPass()
  const shown = await ids(page)
  expect(shown).toHaveLength(150)
  expect(shown).toEqual(shown.map((_, index) => (shown[0] ?? 0) + index))
})

test("all 10,000 rows stand in the page, and one more is one small frame", async ({ page }) => {
  const frames: string[] = []
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => frames.push(String(payload))),
  )
  await open(page, "/streams")
  await page.getByRole("button", { name: "Show all at once" }).click()
  await expect(held(page)).toHaveCount(10_000, { timeout: 60_000 })
  frames.length = 0
  await page.getByRole("button", { name: "Insert on top" }).click()
  await expect(held(page)).toHaveCount(10_001, { timeout: 60_000 })
  expect(Math.max(...frames.map(({ length }) => length))).toBeLessThan(1_500)
  await page.getByRole("button", { name: "Move number 5000 up" }).click({ timeout: 60_000 })
  await expect
    .poll(async () => (await ids(page)).slice(4_999, 5_002))
    .toEqual([5_000, 4_999, 5_001])
})

test("a list is sorted and filtered by its keys: rows that stay are left alone", async ({
  page,
}) => {
  await open(page, "/sorting")
  const names = () =>
    page
      .locator("#birds > li > span:first-child")
      .evaluateAll((all) => all.map((one) => one.textContent))
  const sorted = ["Bittern", "Crane", "Egret", "Heron", "Ibis", "Spoonbill", "Stork"]
  await expect.poll(names).toEqual(sorted)
  await page.locator("#birds-Stork").evaluate((row) => row.setAttribute("data-mine", ""))
  await page.getByLabel("Find").fill("ST")
  await expect.poll(names).toEqual(["Stork"])
  await expect(page.locator("#found")).toHaveText("1 of 7 birds; rows that were sent: 0.")
  await expect(page.locator("#birds-Stork")).toHaveAttribute("data-mine")
  await page.getByLabel("Find").fill("no such")
  await expect(page.locator("#found")).toHaveText("No bird is called “no such”.")
  await page.getByLabel("Find").fill("")
  await expect.poll(names).toEqual(sorted)
  await page.getByLabel("Sort by").selectOption("wingspan")
  const spans = () =>
    page
      .locator("#birds .number")
      .evaluateAll((all) => all.map((one) => Number.parseInt(one.textContent ?? "", 10)))
  await expect.poll(names).not.toEqual(sorted)
  const found = await spans()
  expect(found).toEqual(found.toSorted((a, b) => a - b))
  expect(found).toHaveLength(7)
})

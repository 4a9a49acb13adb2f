import { expect, open, test } from "./fixtures.ts"

test("patching keeps the view and its history, replacing leaves no trace of the room", async ({
  page,
}) => {
  await open(page, "/navigation")
  const room = page.locator("#room")
  await page.getByRole("link", { name: "To room 2" }).click()
  await expect(room).toHaveText("2")
  await page.getByRole("link", { name: "To room 4, replacing" }).click()
  await expect(room).toHaveText("4")
  await page.getByRole("button", { name: "One farther" }).click()
  await expect(page).toHaveURL("/navigation?room=5")
  await expect(page.locator("#been")).toHaveText("1, 2, 4, 5")
  await expect(page).toHaveTitle(/^Room 5/)
  await page.goBack()
  await expect(room).toHaveText("4")
  await page.goBack()
  await expect(room).toHaveText("1")
  await page.goForward()
  await expect(room).toHaveText("4")
  await expect(page.locator("#been")).toHaveText("1, 2, 4, 5, 4, 1, 4")
})

test("navigating keeps the document, redirecting loads another one", async ({ page }) => {
  await open(page, "/navigation")
  await page.evaluate(() => {
    document.documentElement.dataset["mark"] = "kept"
  })
  await page.getByRole("link", { name: "To another view" }).click()
  await expect(page).toHaveURL("/navigation/elsewhere")
  await expect(page.locator("html")).toHaveAttribute("data-mark", "kept")
  await page.getByRole("link", { name: "To the first view" }).click()
  await page.getByRole("button", { name: "Be sent there" }).click()
  await expect(page).toHaveURL("/navigation/plain")
  await expect(page.locator("html")).not.toHaveAttribute("data-mark")
  await page.getByRole("link", { name: "Back to the tour" }).click()
  await expect(page.getByRole("heading", { name: "Navigation", exact: true })).toBeVisible()
})

test("the way to another view is animated for who wants motion", async ({ browser, server }) => {
  const context = await browser.newContext({ baseURL: server.url, reducedMotion: "no-preference" })
  const page = await context.newPage()
  await open(page, "/navigation")
  await page.evaluate(() => {
    const begin = document.startViewTransition.bind(document)
    document.startViewTransition = (update) => {
      document.documentElement.dataset["animated"] = "yes"
      return begin(update)
    }
  })
  await page.getByRole("link", { name: "To room 2" }).click()
  await expect(page.locator("#room")).toHaveText("2")
  await expect(page.locator("html")).not.toHaveAttribute("data-animated")
  await page.getByRole("link", { name: "To another view" }).click()
  await expect(page).toHaveURL("/navigation/elsewhere")
  await expect(page.locator("html")).toHaveAttribute("data-animated", "yes")
  await context.close()
})

test("going back finds the place that was scrolled to", async ({ page }) => {
  await open(page, "/navigation")
  await page.locator("#below").scrollIntoViewIfNeeded()
  const before = await page.evaluate(() => window.scrollY)
  expect(before).toBeGreaterThan(400)
  await page.locator("#below").click()
  await expect(page).toHaveURL("/navigation/elsewhere")
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(0)
  await page.goBack()
  await expect(page.locator("#below")).toBeInViewport()
  await page.goForward()
  await expect(page).toHaveURL("/navigation/elsewhere")
})

test("the player plays on while the pages around it change", async ({ page }) => {
  await open(page, "/player")
  await expect(page.locator("#player.phx-connected")).toBeAttached()
  const audio = page.locator("#audio")
  const playing = () => audio.evaluate((element) => !(element as HTMLAudioElement).paused)
  await audio.evaluate((element) => {
    element.dataset["mark"] = "the same"
  })
  await page.locator("main").getByRole("button", { name: "Play" }).click()
  await expect.poll(playing).toBe(true)
  // each lasts a second, and so may the time between two looks
  const seconds = async () =>
    Number.parseInt((await page.getByLabel("Seconds played").textContent()) ?? "", 10)
  await expect.poll(seconds).toBeGreaterThan(0)
  for (const name of ["Portal", "Chat", "Streams"]) {
    await page.locator(".contents").getByRole("link", { name }).click()
    await expect(page.getByRole("heading", { name, exact: true })).toBeVisible()
    expect(await playing()).toBe(true)
    await expect(audio).toHaveAttribute("data-mark", "the same")
  }
  const before = await seconds()
  await expect.poll(seconds).toBeGreaterThan(before)
  // its connection breaks: neither the tune nor the view, which has waited for its page, begins anew
  const away = page.waitForEvent("websocket")
  await page.evaluate(() => {
    window.dispatchEvent(new CustomEvent("showcase:away", { detail: { milliseconds: 300 } }))
  })
  await away
  await expect(page.locator("#player.phx-connected")).toBeAttached()
  const after = await seconds()
  expect(after).toBeGreaterThan(before)
  await expect.poll(seconds).toBeGreaterThan(after)
  expect(await playing()).toBe(true)
  await page.locator(".player button").click()
  await expect.poll(playing).toBe(false)
})

test("a portal's dialog stands under body, keeps the focus, and belongs to its view", async ({
  page,
}) => {
  await open(page, "/portal")
  const dialog = page.getByRole("dialog")
  await expect(dialog).toHaveCount(0)
  await page.getByRole("button", { name: "Open the dialog" }).click()
  await expect(dialog).toBeVisible()
  expect(await dialog.evaluate((element) => element.closest("main"))).toBeNull()
  await expect(dialog.getByRole("button", { name: "Count" })).toBeFocused()
  await dialog.getByRole("button", { name: "Count" }).click()
  await expect(dialog).toContainText("Counted 1 times.")
  await expect(page.locator("#counted")).toHaveText("1")
  await page.keyboard.press("Tab")
  await expect(dialog.getByRole("button", { name: "Close" })).toBeFocused()
  await page.keyboard.press("Tab")
  await expect(dialog.getByRole("button", { name: "Count" })).toBeFocused()
  await page.keyboard.press("Escape")
  await expect(dialog).toHaveCount(0)
  await expect(page.getByRole("button", { name: "Open the dialog" })).toBeFocused()
  await page.locator(".contents").getByRole("link", { name: "Chat" }).click()
  await expect(page.locator("#dialog")).toHaveCount(0)
})

test("what opens the dialog is not cut off itself, on a phone either", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 })
  await open(page, "/portal")
  const overhang = await page
    .locator(".cramped")
    .evaluate((box) => box.scrollHeight - box.clientHeight)
  expect(overhang).toBe(0)
})

test("a page in TSX is as live as the others, and its elements stay where they are", async ({
  page,
}) => {
  await open(page, "/tsx")
  const seat = (name: string) => page.getByRole("button", { name, exact: true })
  await seat("B1").evaluate((button) => Object.assign(button, { untouched: true }))
  for (const name of ["C4", "A2", "B1"]) await seat(name).click()
  await expect(page.locator("#mine")).toHaveText("A2, B1, C4")
  await expect(seat("B1")).toHaveAttribute("aria-pressed", "true")
  await seat("B1").click()
  await expect(page.locator("#mine")).toHaveText("A2, C4")
  await expect(seat("B1")).toHaveAttribute("aria-pressed", "false")
  expect(await seat("B1").evaluate((button) => "untouched" in button)).toBe(true)
})

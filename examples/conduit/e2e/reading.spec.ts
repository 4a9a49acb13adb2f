import { connected, expect, open, test } from "./fixtures.ts"

test("pages and tags change without loading the page, and back and forward work", async ({
  page,
}) => {
  await open(page, "/")
  await page.evaluate(() => Object.assign(window, { loadedOnce: true }))
  const first = (await page.locator(".feed h2").first().textContent()) ?? ""

  await page.getByRole("link", { name: "Older" }).click()
  await expect(page).toHaveURL(/page=2/)
  await expect(page.locator(".feed h2").first()).not.toHaveText(first)
  await page.locator(".sidebar").getByRole("link", { name: "security" }).click()
  await expect(page).toHaveURL(/tag=security/)
  await expect(page).toHaveTitle("Articles about security · Conduit")
  await page.locator(".feed h2 a").first().click()
  await expect(page).toHaveURL(/\/articles\//)
  await connected(page)

  await page.goBack()
  await expect(page).toHaveURL(/tag=security/)
  await expect(page.getByRole("heading", { name: "Articles about security" })).toBeVisible()
  await page.goBack()
  await expect(page).toHaveURL(/page=2/)
  await page.goForward()
  await page.goForward()
  await expect(page.locator("article.article")).toBeVisible()
  await page.goBack()
  await page.goBack()
  await page.goBack()
  await expect(page.locator(".feed h2").first()).toHaveText(first)
  expect(await page.evaluate(() => "loadedOnce" in window)).toBe(true)
})

test("reading works with JavaScript off", async ({ browser, server }) => {
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto("/")
  await expect(page.locator(".feed li")).toHaveCount(10)
  await page.getByRole("link", { name: "Older" }).click()
  await expect(page.getByText("Page 2 of 3")).toBeVisible()
  await page.locator(".feed h2 a").first().click()
  await expect(page.locator(".prose p").first()).toBeVisible()
  await expect(page.getByRole("heading", { name: "No comments yet" })).toBeVisible()
  await context.close()
})

test("pages come compressed to who asked for them, and not to whom another site made ask", async ({
  page,
  server,
}) => {
  const answer = await page.goto("/")
  expect(await answer?.headerValue("content-encoding")).toMatch(/^(?:zstd|br|gzip)$/)
  await expect(page.locator(".feed li")).toHaveCount(10)
  const headers = { cookie: "session=1", "accept-encoding": "gzip", "sec-fetch-site": "cross-site" }
  const provoked = await fetch(server.url, { headers })
  expect(provoked.headers.get("content-encoding")).toBeNull()
})

test("an unknown address is a page that says so", async ({ page, complaints }) => {
  complaints.serverIsDown = true // the browser reports the 404 itself as a failed resource
  const answer = await page.goto("/articles/there-is-no-such-article")
  expect(answer?.status()).toBe(404)
})

for (const scheme of ["light", "dark"] as const) {
  test(`a phone shows every page without scrolling sideways, ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme })
    await page.setViewportSize({ width: 360, height: 740 })
    for (const path of ["/", "/articles/counting-what-the-wire-carries", "/about", "/name"]) {
      await page.goto(path)
      const wider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
      expect(wider, path).toBe(false)
    }
  })
}

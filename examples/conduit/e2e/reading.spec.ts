import { AxeBuilder } from "@axe-core/playwright"
import { Complaints, callMe, connected, expect, open, say, test } from "./fixtures.ts"

test("pages and tags change without loading the page, and back and forward work", async ({
  page,
}) => {
  await open(page, "/")
  await page.evaluate(() => Object.assign(window, { loadedOnce: true }))
  const first = (await page.locator(".feed h2").first().textContent()) ?? ""

  const here = page.locator("nav a[aria-current=page]")
  await page.getByRole("link", { name: "Older" }).click()
  await expect(page).toHaveURL(/page=2/)
  await expect(page.locator(".feed h2").first()).not.toHaveText(first)
  await expect(here).toHaveText("Articles")
  await page.locator(".sidebar").getByRole("link", { name: "security" }).click()
  await expect(page).toHaveURL(/tag=security/)
  await expect(page).toHaveTitle("Articles about security · Conduit")
  await page.locator(".feed h2 a").first().click()
  await expect(page).toHaveURL(/\/articles\//)
  await connected(page)
  await expect(here).toHaveCount(0)

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

test("reading works with JavaScript off", async ({ browser, server, complaints }) => {
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false })
  complaints.watch(context)
  const page = await context.newPage()
  await page.goto("/")
  await expect(page.locator(".feed li")).toHaveCount(10)
  await page.getByRole("link", { name: "Older" }).click()
  await expect(page.getByText(/^Page 2 of \d+$/)).toBeVisible()
  await page.locator(".feed h2 a").first().click()
  await expect(page.locator(".prose p").first()).toBeVisible()
  await expect(page.getByRole("heading", { name: /comments?( yet)?$/ })).toBeVisible()
  await page.getByRole("link", { name: "Archive" }).click()
  // the rest is on its way
  await expect(page.locator(".archive li").nth(29)).toBeVisible()
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

test("search engines and feed readers are told what an article is, in their own words", async ({
  page,
}) => {
  await page.goto("/articles/two-windows")
  const about = await page.locator('script[type="application/ld+json"]').textContent()
  expect(JSON.parse(about ?? "")).toMatchObject({
    "@type": "BlogPosting",
    headline: await page.locator("h1").textContent(),
    description: await page.locator('meta[name="description"]').getAttribute("content"),
  })
  const link = page.locator('link[rel="alternate"]')
  await expect(link).toHaveCount(2)
  for (const href of await link.evaluateAll((links) => links.map((it) => it.getAttribute("href"))))
    expect((await page.request.get(href ?? "")).status()).toBe(200)
})

test("the feed is well-formed whatever an article is called, and comes once until something is new", async ({
  page,
}) => {
  const first = await page.request.get("/feeds/atom")
  const { etag = "", ...headers } = first.headers()
  expect(headers["content-type"]).toBe("application/atom+xml; charset=utf-8")
  const again = () => page.request.get("/feeds/atom", { headers: { "if-none-match": etag } })
  expect((await again()).status()).toBe(304)

  await callMe(page, "Grace")
  await open(page, "/editor")
  const title = `</title> ]]> & "\u0007'<b>`
  await page.getByLabel("Title").fill(title)
  await page.getByLabel("Summary").fill("&amp; <i>")
  await page.getByLabel("Text").fill("# ]]> *now* <script>alert(1)</script>")
  await page.getByRole("button", { name: "Publish" }).click()
  await expect(page.getByText("Published.")).toBeVisible()

  const news = await again()
  expect(news.status()).toBe(200)
  const read = await page.evaluate(
    (text) => {
      const feed = new DOMParser().parseFromString(text, "application/xml")
      const [newest] = feed.querySelectorAll("entry")
      const textOf = (name: string) => newest?.querySelector(name)?.textContent
      return {
        wrong: feed.querySelector("parsererror")?.textContent,
        entries: feed.querySelectorAll("entry").length,
        title: textOf("title"),
        summary: textOf("summary"),
        content: textOf("content"),
      }
    },
    await news.text(),
  )
  expect(read).toMatchObject({
    wrong: undefined,
    entries: 20,
    title: title.replace("\u0007", ""),
    summary: "&amp; <i>",
    content: expect.not.stringContaining("<script"),
  })
  const json = await (await page.request.get("/feeds/json")).json()
  expect(json.items).toHaveLength(20)
  expect(json.items[0]).toMatchObject({ title, authors: [{ name: "Grace" }] })
  expect((await page.request.get("/feeds/rss")).status()).toBe(404)
})

test("what the policy forbids is not run, is told to the server, and is noticed by these tests", async ({
  browser,
  server,
}) => {
  await using context = await browser.newContext({ baseURL: server.url })
  const complaints = new Complaints()
  complaints.watch(context)
  const page = await context.newPage()
  await open(page, "/")
  expect(complaints.list()).toEqual([])
  const told = page.waitForRequest(/\/csp-reports$/)
  await page.evaluate(() => {
    document.body.insertAdjacentHTML("beforeend", `<img src="data:," onerror="window.ran = true">`)
  })
  const reported = (await told).postDataJSON()
  expect(reported["csp-report"]).toMatchObject({ "effective-directive": "script-src-attr" })
  expect((await (await told).response())?.status()).toBe(204)
  const complained = expect.poll(() => complaints.list().join("\n"))
  await complained.toMatch(/Content Security Policy/)
  await complained.toMatch(/^reported/m)
  expect(await page.evaluate(() => "ran" in window)).toBe(false)
})

test("an address behind the last page shows the last page", async ({ page }) => {
  await open(page, "/?page=999")
  const { [1]: last = "" } =
    /^Page (\d+) of \1$/.exec((await page.getByText(/^Page \d+ of/).textContent()) ?? "") ?? []
  expect(Number(last)).toBeGreaterThanOrEqual(3)
  expect(await page.locator(".feed li").count()).toBeGreaterThan(0)
  await page.getByRole("link", { name: "Newer" }).click()
  await expect(page).toHaveURL(new RegExp(`page=${Number(last) - 1}$`))
})

test("what people write without a space fits on a phone", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 })
  const fits = async () => {
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width, page.url()).toBeLessThanOrEqual(360)
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id }) => id)).toEqual([])
  }
  const long = "long".repeat(30)
  await callMe(page, long.slice(0, 40))
  await open(page, "/editor")
  await page.getByLabel("Title").fill(long)
  await page.getByLabel("Summary").fill(long)
  await page
    .getByLabel("Text")
    .fill(`# ${long}\n\n${long}\n\n| ${long} | ${long} |\n|-|-|\n| a | b |\n\n    ${long} code`)
  await page.getByLabel("Tags").fill(long.slice(0, 30))
  await expect(page.locator(".preview pre")).toBeVisible()
  await fits()
  await page.getByRole("button", { name: "Publish" }).click()
  await expect(page.getByText("Published.")).toBeVisible()
  await connected(page)
  await say(page, long)
  await fits()
  for (const path of ["/", "/archive"]) {
    await page.goto(path)
    await fits()
  }
})

const looks = {
  "a desktop, light": { viewport: { width: 1280, height: 720 }, colorScheme: "light" },
  "a phone, dark": { viewport: { width: 360, height: 740 }, colorScheme: "dark" },
} as const
for (const [look, { viewport, colorScheme }] of Object.entries(looks)) {
  test(`every page can be used by everybody and fits on ${look}`, async ({ page, complaints }) => {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
    const usable = async (path: string) => {
      const answer = await page.goto(path)
      const { violations } = await new AxeBuilder({ page }).analyze()
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(" ")}`)
      expect(found, path).toEqual([])
      // beside it, room is kept for a scroll bar
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      expect(width, path).toBeLessThanOrEqual(viewport.width)
      return answer?.status()
    }
    for (const path of ["/", "/?tag=none", "/articles/counting-what-the-wire-carries", "/archive"])
      expect(await usable(path), path).toBe(200)
    await callMe(page, "Grace")
    for (const path of ["/about", "/name", "/editor", "/articles/two-windows"])
      expect(await usable(path), path).toBe(200)
    complaints.serverIsDown = true // the browser reports the 404 itself as a failed resource
    expect(await usable("/articles/there-is-no-such-article")).toBe(404)
  })
}

import { barriers, expect, open, test } from "./fixtures.ts"

const pages = [
  "/",
  "/components",
  "/flash",
  "/title",
  "/forms",
  "/nested-forms",
  "/uploads",
  "/streams",
  "/sorting",
  "/navigation",
  "/navigation/elsewhere",
  "/player",
  "/portal",
  "/tsx",
  "/chat",
  "/presence",
  "/async",
  "/crash",
  "/survival",
  "/js-commands",
  "/hooks",
  "/web-components",
]
const looks = {
  "on a desktop, light": { viewport: { width: 1280, height: 720 }, colorScheme: "light" },
  "on a phone, dark": { viewport: { width: 360, height: 740 }, colorScheme: "dark" },
} as const

for (const [look, { viewport, colorScheme }] of Object.entries(looks)) {
  test.describe(look, () => {
    test.use({ viewport, colorScheme })
    for (const path of pages) {
      test(`${path} can be used by everybody, and is not wider than the window`, async ({
        page,
      }) => {
        await open(page, path)
        expect(await barriers(page)).toEqual([])
        const width = await page.evaluate(() => document.documentElement.scrollWidth)
        expect(width).toBe(viewport.width)
      })
    }
  })
}

test("every page shows its source, and is found from the one before it", async ({ page }) => {
  await open(page, "/")
  await page.getByRole("link", { name: "Begin the tour" }).click()
  const visited: string[] = []
  for (;;) {
    await expect(page.locator(".sources pre").first()).toContainText("liveView({")
    visited.push(new URL(page.url()).pathname)
    const next = page.getByRole("navigation", { name: "Neighbours" }).locator("[rel=next]")
    if ((await next.count()) === 0) break
    const href = await next.getAttribute("href")
    await next.click()
    await expect(page).toHaveURL(href ?? "")
    await expect(page.locator(".contents [aria-current=page]")).toHaveAttribute("href", href ?? "")
  }
  expect(visited).toEqual(pages.filter((path) => path !== "/" && path !== "/navigation/elsewhere"))
})

test("a low window shows where in the contents a page stands, and its source beside it", async ({
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 640 })
  await open(page, "/forms")
  const here = page.locator(".contents [aria-current=page]")
  await expect(page.locator(".sources pre").first()).toBeInViewport()
  await page.locator(".contents").getByRole("link", { name: "Web components" }).click()
  await expect(here).toHaveText("Web components")
  await expect(here).toBeInViewport({ ratio: 0.9 })
  await page.reload()
  await expect(here).toBeInViewport({ ratio: 0.9 })
})

test("a page is there before its script is, and says what it protects itself by", async ({
  browser,
  server,
}) => {
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false })
  const page = await context.newPage()
  const answer = await page.goto("/streams")
  await expect(page.getByText("No. 50", { exact: true })).toBeAttached()
  expect(answer?.headers()["content-security-policy"]).toContain("'strict-dynamic'")
  expect((await context.cookies())[0]?.httpOnly).toBe(true)
  await page.goto("/async")
  await expect(page.locator("#sunset")).toHaveText("The sun sets at 21:08.")
  await expect(page.locator("#weather")).toHaveText("Asking the weather station…")
  await context.close()
})

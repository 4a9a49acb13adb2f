import { alone, callMe, connected, expect, open, say, test } from "./fixtures.ts"

const article = "/articles/two-windows"
// the smallest PNG: one pixel
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg==",
  "base64",
)
const file = (name: string, mimeType: string, buffer: Buffer) => ({ name, mimeType, buffer })

test("a picture that somebody sends stands beside what they say, for everybody who reads it", async ({
  page,
  visitor,
}) => {
  await callMe(page, "Grace", article)
  await page.goto("/name")
  await page.getByLabel("PNG, JPEG or WebP").setInputFiles(file("../me.png", "text/html", png))
  await page.getByRole("button", { name: "Show this picture" }).click()
  await expect(page.getByText("That is you.")).toBeVisible()
  await open(page, article)
  await say(page, "With a face.")
  const other = await visitor()
  await open(other, article)
  const picture = other
    .locator(".comment", { hasText: "With a face." })
    .last()
    .locator("img.avatar")
  await expect(picture).toHaveJSProperty("naturalWidth", 1)

  const answer = await page.request.get((await picture.getAttribute("src")) ?? "")
  expect(answer.headers()).toMatchObject({
    "content-type": "image/png",
    "x-content-type-options": "nosniff",
    "content-security-policy": expect.stringContaining("default-src 'none'"),
    "cache-control": "public, max-age=31536000, immutable",
  })
})

test("what is no picture is refused, whatever it is called, and so is what is too large", async ({
  page,
}) => {
  await callMe(page, "Grace")
  const send = async (body: Buffer) => {
    await page.goto("/name")
    const token = await page.locator('meta[name="csrf-token"]').getAttribute("content")
    return page.request.post("/picture", {
      headers: { "x-csrf-token": token ?? "" },
      multipart: { picture: file("me.png", "image/png", body) },
      maxRedirects: 0,
    })
  }
  expect((await send(Buffer.from("<script>alert(1)</script>"))).status()).toBe(302)
  await page.goto("/name")
  await expect(page.getByText("is neither PNG nor JPEG nor WebP")).toBeVisible()
  expect((await send(Buffer.concat([png, Buffer.alloc(600_000)]))).status()).toBe(413)
  await page.goto("/name")
  await expect(page.locator(".avatar")).toHaveText("G")
  for (const name of ["..%2fsecret", "secret", `${"0".repeat(64)}.svg`, `${"0".repeat(64)}.png`])
    expect([400, 404]).toContain((await page.request.get(`/pictures/${name}`)).status())
})

test("the colours that somebody chose are those of every page, from its first line on", async ({
  page,
  server,
}) => {
  await page.emulateMedia({ colorScheme: "light" })
  const paper = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  await page.goto("/name")
  const light = await paper()
  await page.getByLabel("Colours").selectOption("Dark")
  await page.getByRole("button", { name: "Use these colours" }).click()
  await expect(page.getByLabel("Colours")).toHaveValue("dark")
  const dark = await paper()
  expect(dark).not.toBe(light)
  for (const path of ["/", "/archive", article]) {
    const answer = await page.goto(path)
    expect(await paper(), path).toBe(dark)
    expect(await answer?.text(), path).toContain('<html lang="en" data-theme="dark">')
  }
  await page.context().addCookies([{ name: "theme", value: "x%22onload=", url: server.url }])
  const forged = await page.goto("/")
  expect(await forged?.text()).toContain('data-theme="auto"')
})

test("who wants to be forgotten is", async ({ page }) => {
  await callMe(page, "Grace")
  await page.goto("/name")
  await page.getByRole("button", { name: "Forget me" }).click()
  await expect(page.getByRole("link", { name: "Choose a name" })).toBeVisible()
  await page.goto("/editor")
  await expect(page).toHaveURL(/\/name\?to=/)
})

test("the archive arrives in parts, in the browser's own order and under its policy", async ({
  page,
}) => {
  const json = await page.request.get("/archive", { headers: { accept: "application/json" } })
  const all = await json.json()
  expect(all.length).toBeGreaterThanOrEqual(30)
  await page.goto("/archive")
  await expect(page.getByText(`${all.length} of them, the newest first.`)).toBeVisible()
  await expect(page.locator(".archive li")).toHaveCount(all.length)
})

alone(
  "a style that a live view brings along applies: after navigation, and when the socket came back",
  async ({ page, server, complaints }) => {
    const hue = () =>
      page
        .locator("article.article")
        .evaluate((it) => getComputedStyle(it).getPropertyValue("--hue"))
    await open(page, "/")
    await page.evaluate(() => Object.assign(window, { loadedOnce: true }))
    const article = page.locator("article.article")
    await page.locator(".feed h2 a").first().click()
    await expect(article).toBeVisible()
    await connected(page)
    const first = await hue()
    expect(first).toMatch(/^\d+$/)

    complaints.serverIsDown = true
    await server.kill()
    await expect(page.locator("[data-phx-main].phx-connected")).not.toBeAttached()
    await server.restart()
    await connected(page)
    complaints.serverIsDown = false
    expect(await hue()).toBe(first)

    // another author's, rendered by another process than the one that answered with the page
    await page.getByRole("link", { name: "Articles", exact: true }).click()
    await page.locator(".feed li").nth(3).locator("h2 a").click()
    await expect(article).toBeVisible()
    expect(await hue()).toMatch(/^\d+$/)
    expect(await page.evaluate(() => "loadedOnce" in window)).toBe(true)
  },
)

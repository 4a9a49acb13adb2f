import { expect, open, test } from "./fixtures.ts"

test("every JS command does in the browser what it says", async ({ page }) => {
  await open(page, "/js-commands")
  const bird = page.locator("#bird")
  const run = (name: string) => page.getByRole("button", { name, exact: true }).click()

  await run("hide")
  await expect(bird).toBeHidden()
  await run("show")
  await expect(bird).toBeVisible()
  await run("toggle")
  await expect(bird).toBeHidden()
  await run("toggle")
  await expect(bird).toBeVisible()

  await run("addClass")
  await expect(bird).toHaveClass(/tall/)
  await run("push")
  await expect(page.locator("#count")).toHaveText("1")
  // what a command did is not undone by a patch
  await expect(bird).toHaveClass(/tall/)
  await run("removeClass")
  await expect(bird).not.toHaveClass(/tall/)
  await run("toggleClass")
  await expect(bird).toHaveClass(/bold/)

  await run("setAttribute")
  await expect(bird).toHaveAttribute("data-mood", "calm")
  await run("removeAttribute")
  await expect(bird).not.toHaveAttribute("data-mood")
  await run("toggleAttribute")
  await expect(bird).toHaveAttribute("aria-busy", "true")
  await run("toggleAttribute")
  await expect(bird).toHaveAttribute("aria-busy", "false")
  await run("ignoreAttributes")
  await bird.evaluate((element) => element.setAttribute("aria-label", "written by a script"))
  await run("push")
  await expect(page.locator("#count")).toHaveText("2")
  await expect(bird).toHaveAttribute("aria-label", "written by a script")

  const nest = page.getByLabel("Nest")
  await run("focus")
  await expect(nest).toBeFocused()
  await run("focusFirst")
  await expect(nest).toBeFocused()
  await run("pushFocus, then focus")
  await expect(nest).toBeFocused()
  await nest.press("Tab")
  await run("popFocus")
  await expect(page.getByRole("button", { name: "pushFocus, then focus" })).toBeFocused()

  await page.evaluate(() => {
    addEventListener("showcase:shout", (event) => {
      if (event instanceof CustomEvent) document.title = `heard at ${event.detail.volume}`
    })
  })
  await run("dispatch")
  await expect(page).toHaveTitle("heard at 11")
  const flashes = () =>
    bird.evaluate(
      (element) =>
        new Promise((seen) => element.addEventListener("animationstart", seen, { once: true })),
    )
  for (const name of ["transition", "exec"]) {
    const flashed = flashes()
    await run(name)
    await flashed
  }
  await run("concat")
  await expect(page.locator("#count")).toHaveText("3")
  await expect(bird).not.toHaveClass(/bold/)
  await run("patch")
  await expect(page).toHaveURL("/js-commands?patched=1")
  await run("navigate")
  await expect(page).toHaveURL("/")
})

test("a chart and an editor from npm work under the policy of the page", async ({ page }) => {
  await open(page, "/hooks")
  const canvas = page.locator("#chart")
  const drawn = () => canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL())
  await expect.poll(async () => (await drawn()).length).toBeGreaterThan(1_000)
  const before = await drawn()
  await expect.poll(drawn).not.toBe(before)

  const editor = page.getByRole("textbox", { name: "Text, in Markdown" })
  await expect(editor).toContainText("Field notes")
  await expect(page.locator(".cm-editor")).toHaveCSS("display", "flex")
  await editor.click()
  await page.keyboard.press("Control+End")
  await page.keyboard.type("And one egret.")
  await expect(page.locator("#words")).toHaveText("9 words")
  await page.keyboard.press("Control+z")
  await page.getByRole("button", { name: "Clear it from the server" }).click()
  await expect(page.locator("#words")).toHaveText("0 words")
  await expect(editor).not.toContainText("Field notes")

  await page.locator(".contents").getByRole("link", { name: "JS commands" }).click()
  await page.locator(".contents").getByRole("link", { name: "Hooks" }).click()
  await expect(editor).toContainText("Field notes")
  await expect(page.locator(".cm-editor")).toHaveCount(1)
})

test("custom elements keep what they did to themselves while the page is patched", async ({
  page,
}) => {
  await open(page, "/web-components")
  const rating = page.locator("#rating")
  await rating.getByRole("button", { name: "4 stars" }).click()
  await expect(page.locator("#stars")).toHaveText("4")
  const patches = async () =>
    /patched this page (\d+)/.exec((await page.locator("main").textContent()) ?? "")?.[1]
  const before = await patches()
  await expect.poll(patches).not.toBe(before)
  await expect(rating).toHaveAttribute("value", "4")
  await expect(rating).toHaveAttribute("role", "group")
  await expect(rating.locator("[aria-pressed=true]")).toHaveCount(4)

  const seen = page.locator("#seen")
  const said = () => seen.evaluate((element) => element.shadowRoot?.textContent)
  await page.getByRole("button", { name: "An hour earlier" }).click()
  await expect.poll(said).toContain("hour ago")
  const title = await seen.getAttribute("title")
  const later = await patches()
  await expect.poll(patches).not.toBe(later)
  await expect(seen).toHaveAttribute("title", title ?? "none")
})

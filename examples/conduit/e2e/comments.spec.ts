import { alone, callMe, connected, expect, open, say, test } from "./fixtures.ts"

const article = "/articles/two-windows"

alone(
  "a comment written in one window appears in the other, and survives kill -9",
  async ({ page, visitor, server, complaints }) => {
    const other = await visitor()
    await callMe(page, "Grace", article)
    await connected(page)
    await open(other, article)

    const written = "I see <b>both</b> windows & they agree."
    await say(page, written)
    await expect(other.locator("#comments")).toContainText(written)
    await expect(other.getByRole("heading", { name: "One comment" })).toBeVisible()
    await expect(page.getByLabel("Your comment")).toHaveValue("")

    complaints.serverIsDown = true
    await server.kill()
    await expect(page.locator("[data-phx-main].phx-connected")).not.toBeAttached()
    await server.restart()
    await Promise.all([connected(page), connected(other)])
    complaints.serverIsDown = false

    // both pages found their way back by themselves, with what the database knows
    await expect(other.locator("#comments")).toContainText(written)
    await say(page, "Still here.")
    await expect(other.locator("#comments")).toContainText("Still here.")

    const later = await visitor()
    await open(later, article)
    await expect(later.locator(".comment")).toHaveCount(2)
  },
)

alone(
  "what was typed outlives a restart of the server, and a new state is shown",
  async ({ page, visitor, server, complaints }) => {
    await callMe(page, "Grace", article)
    await connected(page)
    await page.getByLabel("Your comment").fill("half a sent")

    complaints.serverIsDown = true
    expect(await server.stop()).toBe(0)
    await expect(page.getByText("Connecting again…")).toBeVisible()
    await server.restart()
    await connected(page)
    complaints.serverIsDown = false

    await expect(page.getByLabel("Your comment")).toHaveValue("half a sent")
    const other = await visitor()
    await callMe(other, "Barbara", article)
    await connected(other)
    await say(other, "Somebody else was faster.")
    await expect(page.locator("#comments")).toContainText("Somebody else was faster.")
    await expect(page.getByLabel("Your comment")).toHaveValue("half a sent")
  },
)

alone(
  "nothing is wrong with a form that is empty because its comment was taken, also when the server comes back",
  async ({ page, server, complaints }) => {
    await callMe(page, "Grace", article)
    await connected(page)
    const text = page.getByLabel("Your comment")
    await say(page, "That is all.")
    await expect(text).toHaveValue("")

    complaints.serverIsDown = true
    await server.kill()
    await expect(page.locator("[data-phx-main].phx-connected")).not.toBeAttached()
    await server.restart()
    await connected(page)
    complaints.serverIsDown = false

    await expect(page.locator("#comment-form .problem")).toBeEmpty()
    await expect(text).not.toHaveAttribute("aria-invalid")
    await text.fill("a")
    await text.fill("")
    await expect(page.locator("#comment-form .problem")).toHaveText(/blank/)
  },
)

test("what is wrong comes and goes without moving the button below, which would lose a press", async ({
  page,
}) => {
  await callMe(page, "Grace", article)
  await connected(page)
  const button = page.getByRole("button", { name: "Post" })
  const text = page.getByLabel("Your comment")
  const problem = page.locator("#comment-form .problem")
  await button.scrollIntoViewIfNeeded()
  const place = await button.boundingBox()
  await text.fill("a")
  await text.fill("")
  await text.blur()
  await expect(problem).toHaveText(/blank/)
  expect(await button.boundingBox()).toEqual(place)
  await text.fill("b")
  await text.blur()
  await expect(problem).toBeEmpty()
  expect(await button.boundingBox()).toEqual(place)
})

test("a blank comment is refused with words, and nothing is written", async ({ page }) => {
  await callMe(page, "Grace", article)
  await connected(page)
  const comments = page.locator(".comment")
  const before = await comments.count()
  await page.getByLabel("Your comment").fill("   ")
  await page.getByRole("button", { name: "Post" }).click()
  await expect(page.getByText("Your comment can't be blank")).toBeVisible()
  await expect(page.getByLabel("Your comment")).toHaveAttribute("aria-invalid", "true")
  await expect(comments).toHaveCount(before)
})

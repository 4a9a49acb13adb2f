import { expect, open, test } from "./fixtures.ts"

test("what is said in one window is heard in the other", async ({ page, visitor }) => {
  const other = await visitor()
  await open(page, "/chat")
  await open(other, "/chat")
  await expect(page.locator("#messages-empty")).toBeVisible()
  await page.getByLabel("Message").fill("<b>Is anybody there?</b>")
  await page.getByRole("button", { name: "Send" }).click()
  await expect(other.getByText("<b>Is anybody there?</b>")).toBeVisible()
  await expect(page.getByLabel("Message")).toHaveValue("")
  await expect(page.getByLabel("Message")).toBeFocused()
  await other.getByLabel("Message").fill("Yes.")
  await other.keyboard.press("Enter")
  await expect(page.locator("#messages li").first()).toContainText("Yes.")
  await expect(page.locator("#messages time").first()).toHaveText(/\d+:\d\d/)
  await expect(page.locator("#messages-empty")).toBeHidden()
})

test("who is on the page is seen by the others, until their last window closes", async ({
  page,
  context,
  visitor,
}) => {
  const people = page.locator(".people li")
  await open(page, "/presence")
  await expect(people).toHaveCount(1)
  const other = await visitor()
  await open(other, "/presence")
  await expect(people).toHaveCount(2)
  await expect(page).toHaveTitle(/^Presence \(2\)/)

  const second = await context.newPage()
  await open(second, "/presence")
  await expect(other.getByText("in 2 windows")).toBeVisible()
  await second.close()
  await expect(other.getByText("in 2 windows")).toHaveCount(0)
  await expect(other.locator(".people li")).toHaveCount(2)

  await other.locator(".contents").getByRole("link", { name: "Chat" }).click()
  await expect(people).toHaveCount(1)
})

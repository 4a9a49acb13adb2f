import { callMe, connected, expect, test } from "./fixtures.ts"

test("the editor says what is missing while somebody types, and only about fields they used", async ({
  page,
}) => {
  await callMe(page, "Grace", "/editor")
  await connected(page)
  await page.getByLabel("Title").fill("x")
  await page.getByLabel("Title").fill("")
  await page.getByLabel("Summary").focus()
  await expect(page.getByText("Title can't be blank")).toBeVisible()
  await expect(page.getByText("Summary can't be blank")).not.toBeVisible()

  await page.getByRole("button", { name: "Publish" }).click()
  await expect(page.getByText("Summary can't be blank")).toBeVisible()
  await expect(page).toHaveURL(/\/editor$/)
})

test("an article is published, shown to others at once, and edited by the browser that wrote it", async ({
  page,
  visitor,
}) => {
  // a name that no article has
  const title = `A nanosecond of wire, ${Date.now()}`
  const other = await visitor()
  await other.goto("/")
  await connected(other)

  await callMe(page, "Grace", "/editor")
  await connected(page)
  await page.getByLabel("Title").fill(title)
  await page.getByLabel("Summary").fill("Eleven point eight inches.")
  await page
    .getByLabel("Text")
    .fill("It is **short**, <script>alert(1)</script> and [a trap](javascript:alert(1)).")
  await expect(page.locator(".preview strong")).toHaveText("short")
  await page.getByLabel("Tags").fill("Hardware, history")
  await page.getByRole("button", { name: "Publish" }).click()

  await expect(page.getByRole("heading", { name: title })).toBeVisible()
  await expect(page).toHaveURL(/\/articles\/a-nanosecond-of-wire-\d+$/)
  await expect(page.getByText("Published.")).toBeVisible()
  await expect(page.locator(".prose script")).toHaveCount(0)
  await expect(page.locator('.prose a[href^="javascript"]')).toHaveCount(0)
  await expect(other.getByRole("link", { name: title })).toBeVisible()

  await other.goto(page.url())
  await connected(other)
  await expect(other.getByRole("link", { name: "Edit" })).toHaveCount(0)

  await page.getByRole("link", { name: "Edit" }).click()
  await connected(page)
  await expect(page.getByLabel("Tags")).toHaveValue(/hardware/)
  await page.getByLabel("Title").fill(`${title} or copper`)
  await page.getByRole("button", { name: "Publish" }).click()
  await expect(page.getByRole("heading", { name: `${title} or copper` })).toBeVisible()
  await expect(other.getByRole("heading", { name: `${title} or copper` })).toBeVisible()
})

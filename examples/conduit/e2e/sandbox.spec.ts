import { carriersOf } from "@bennu/testing/web"
import { test as base } from "playwright/test"
import { Comment } from "../src/comments.ts"
import { Complaints, callMe, connected, expect } from "./fixtures.ts"
import { sandboxedConduit } from "./sandboxed.ts"

const test = base.extend<
  object,
  { readonly conduit: Awaited<ReturnType<typeof sandboxedConduit>> }
>({
  conduit: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
    async ({}, use) => {
      await using conduit = await sandboxedConduit()
      await use(conduit)
    },
    { scope: "worker" },
  ],
})

test("a browser takes part in a test: page, socket and test see the same rows, and nobody else does", async ({
  browser,
  conduit: { url, tests },
}) => {
  await tests.run(async ({ token, repo }) => {
    await using context = await browser.newContext({ baseURL: url })
    const complaints = new Complaints()
    complaints.watch(context)
    await context.addCookies([{ ...carriersOf(token).cookie, url }])
    const page = await context.newPage()
    await callMe(page, "Grace", "/articles/two-windows")
    await connected(page)
    await page.getByLabel("Your comment").fill("Gone in a moment.")
    await page.getByRole("button", { name: "Post" }).click()
    await expect(page.locator("#comments")).toContainText("Gone in a moment.")
    expect(await repo.all(Comment)).toMatchObject([{ author: "Grace", body: "Gone in a moment." }])
    expect(complaints.list()).toEqual([])
  })
  await tests.run(async ({ repo }) => expect(await repo.count(Comment)).toBe(0))
})

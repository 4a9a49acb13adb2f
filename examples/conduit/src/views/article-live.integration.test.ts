import { mount } from "@bennu/live/testing"
import { afterAll, describe, expect, it, type TestContext } from "vitest"
import * as Comments from "../comments.ts"
import { article, conduitTests } from "../testing.ts"
import { ArticleLive } from "./article-live.ts"

const conduit = await conduitTests()
afterAll(() => conduit[Symbol.asyncDispose]())
const { tests } = conduit

describe("ArticleLive", () => {
  it.concurrent(
    "shows the article's Markdown, with HTML in it as text",
    tests.test(async ({ repo, anyone }) => {
      const { slug } = await article.with("hostile").insert(repo)
      await using view = await mount(ArticleLive, { scope: anyone, params: { slug } })
      expect(view.html()).toContain("<em>please</em>")
      expect(view.html()).toContain("&lt;script&gt;alert(1)&lt;/script&gt;")
      expect(view.html()).toContain("Choose a name")
    }),
  )

  it.concurrent(
    "shows a comment to everybody who has it open, in one frame each",
    tests.test(async ({ repo, anyone, grace }, { expect }: TestContext) => {
      const { id, slug } = await article.insert(repo)
      await using mine = await mount(ArticleLive, { scope: grace, params: { slug } })
      await using theirs = await mount(ArticleLive, { scope: anyone, params: { slug } })
      await mine.element("#comment-form").submit({ "comment[body]": "First <here>!" })
      await expect.poll(() => theirs.html()).toContain("First &lt;here&gt;!")
      await expect.poll(() => mine.html()).toContain("One comment")
      expect(await Comments.list(anyone, id)).toMatchObject([
        { body: "First <here>!", author: "Grace" },
      ])
    }),
  )

  it.concurrent(
    "says what is wrong with a blank comment and writes nothing",
    tests.test(async ({ repo, grace, anyone }) => {
      const { id, slug } = await article.insert(repo)
      await using view = await mount(ArticleLive, { scope: grace, params: { slug } })
      await view.element("#comment-form").submit({ "comment[body]": "  " })
      expect(view.html()).toContain("can&#39;t be blank")
      expect(await Comments.list(anyone, id)).toHaveLength(0)
    }),
  )

  it.concurrent(
    "shows the latest comments of those that are too many, oldest first",
    tests.test(async ({ repo, grace, anyone }) => {
      const { id: articleId } = await article.insert(repo)
      const rows = ["one", "two", "three"].map((body, minute) => ({
        ...{ articleId, body, author: "Grace", readerId: grace.reader.id },
        insertedAt: new Date(Date.UTC(2027, 0, 1, 0, minute)),
      }))
      await repo.insertAll(Comments.Comment, rows)
      const latest = await Comments.list(anyone, articleId, 2)
      expect(latest.map(({ body }) => body)).toEqual(["two", "three"])
    }),
  )
})

import { mount } from "@bennu/live/testing"
import { afterAll, describe, expect, it } from "vitest"
import * as Articles from "../articles.ts"
import * as Comments from "../comments.ts"
import { testApp } from "../testing.ts"
import { ArticleLive } from "./article-live.ts"

const app = await testApp()
afterAll(() => app[Symbol.asyncDispose]())
const { ada, anyone, grace } = app
const written = await Articles.create(ada, {
  title: "Two windows",
  description: "And one article.",
  body: "See <b>below</b>, *please*.",
})
if (!written.ok) throw new Error("the article was refused")
const params = { slug: written.value.slug }

describe("ArticleLive", () => {
  it("shows the article's Markdown, with HTML in it as text", async () => {
    await using view = await mount(ArticleLive, { scope: anyone, params })
    expect(view.html()).toContain("<em>please</em>")
    expect(view.html()).toContain("&lt;b&gt;below&lt;/b&gt;")
    expect(view.html()).toContain("Choose a name")
  })

  it("shows a comment to everybody who has it open, in one frame each", async () => {
    await using mine = await mount(ArticleLive, { scope: grace, params })
    await using theirs = await mount(ArticleLive, { scope: anyone, params })
    await mine.element("#comment-form").submit({ "comment[body]": "First <here>!" })
    await expect.poll(() => theirs.html()).toContain("First &lt;here&gt;!")
    await expect.poll(() => mine.html()).toContain("One comment")
    const article = await Articles.fetch(anyone, params.slug)
    expect(await Comments.list(anyone, article.id)).toMatchObject([
      { body: "First <here>!", author: "Grace" },
    ])
  })

  it("says what is wrong with a blank comment and writes nothing", async () => {
    await using view = await mount(ArticleLive, { scope: grace, params })
    await view.element("#comment-form").submit({ "comment[body]": "  " })
    expect(view.html()).toContain("can&#39;t be blank")
    const article = await Articles.fetch(anyone, params.slug)
    expect(await Comments.list(anyone, article.id)).toHaveLength(1)
  })
})

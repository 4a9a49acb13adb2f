import { html } from "@bennu/html"
import { paths, router } from "@bennu/router"
import { build } from "esbuild"
import { describe, expect, it } from "vitest"
import { liveView, type Scope } from "../fixtures/app.ts"
import {
  clientStyle,
  clientStyles,
  component,
  inlineStyles,
  live,
  liveComponents,
  styleSheet,
} from "./index.ts"
import { mount } from "./testing.ts"

const card = clientStyle("Card", ":scope { padding: 1rem } h2 { margin: 0 }")
const page = clientStyle("Page", "p { color: red }")
const Card = liveComponents<Scope>()({
  styles: [card],
  render: () => html`<section data-style="${card}"><h2>hi</h2></section>`,
})
const Page = liveView({
  public: true,
  styles: [page, page],
  components: [Card],
  render: () => html`<div data-style="${page}">${component(Card, { id: "1" })}</div>`,
})
const routes = router(live(paths({ page: "/" }).page, Page))

describe("styles beside their markup", () => {
  it("are found by what a router shows, hold inside of their elements, and pass a bundler", async () => {
    const css = styleSheet(clientStyles(routes))
    expect(css).toBe(
      `@scope ([data-style="Page"]) {\np { color: red }\n}\n@scope ([data-style="Card"]) {\n:scope { padding: 1rem } h2 { margin: 0 }\n}\n`,
    )
    const stdin = { contents: css, loader: "css" as const }
    const { warnings, outputFiles } = await build({ stdin, write: false, minify: true })
    expect(warnings).toEqual([])
    expect(outputFiles[0]?.text).toContain("@scope")
    await using mounted = await mount(Page, { scope: { name: "ada" } })
    expect(mounted.html()).toContain(`<section data-style="Card">`)
  })

  it("stand in the page under its nonce, where there is no bundler", () => {
    expect(String(inlineStyles([page], { nonce: "n1" }))).toBe(
      `<style nonce="n1">@scope ([data-style="Page"]) {\np { color: red }\n}\n</style>`,
    )
    const ending = clientStyle("Ending", `p::after { content: "</style><script>" }`)
    expect(() => inlineStyles([ending])).toThrow("ends its element")
  })

  it("are refused when they reach beyond their element, or are called as others are", () => {
    expect(() => clientStyle("Out", "p { } } body { display: none")).toThrow("do not close")
    expect(() => clientStyle("Open", "p { color: red")).toThrow("do not close")
    expect(() => clientStyle('"] , *', "")).toThrow("no name")
    expect(() => styleSheet([card, clientStyle("Card", "")])).toThrow(
      'two styles are called "Card"',
    )
  })
})

import { attrs, html, toString as print } from "@bennu/html"
import { describe, expect, it } from "vitest"
import { eventNamed, JS, link } from "./index.ts"

describe("JS", () => {
  it("writes commands as the client reads them, and leaves out what was not said", () => {
    const commands = JS.push(eventNamed("save"), { value: { id: 1 }, pageLoading: true })
      .show({ to: "#a", transition: ["fade", "from here", "to"], time: 100, display: "flex" })
      .hide({ to: { inner: ".b" }, blocking: false })
      .toggle({ in: "fade-in", out: "fade-out" })
      .transition("shake", { to: { closest: "form" } })
      .addClass("one two")
      .removeClass("one", { to: "#a" })
      .toggleClass("three")
      .setAttribute(["open", "true"])
      .removeAttribute("open")
      .toggleAttribute(["aria-expanded", "true", "false"])
      .ignoreAttributes(["open", "data-*"])
      .focus()
      .focusFirst({ to: "#a" })
      .pushFocus()
      .popFocus()
      .dispatch("copied", { detail: { at: 1 }, bubbles: false })
      .exec("data-cancel", { to: "#a" })
      .navigate("/todos", { replace: true })
      .patch("?page=2")
    expect(commands.toJSON()).toEqual([
      ["push", { event: "save", value: { id: 1 }, page_loading: true }],
      [
        "show",
        { to: "#a", transition: [["fade"], ["from", "here"], ["to"]], time: 100, display: "flex" },
      ],
      ["hide", { to: { inner: ".b" }, blocking: false }],
      ["toggle", { ins: [["fade-in"], [], []], outs: [["fade-out"], [], []] }],
      ["transition", { to: { closest: "form" }, transition: [["shake"], [], []] }],
      ["add_class", { names: ["one", "two"] }],
      ["remove_class", { to: "#a", names: ["one"] }],
      ["toggle_class", { names: ["three"] }],
      ["set_attr", { attr: ["open", "true"] }],
      ["remove_attr", { attr: "open" }],
      ["toggle_attr", { attr: ["aria-expanded", "true", "false"] }],
      ["ignore_attrs", { attrs: ["open", "data-*"] }],
      ["focus", {}],
      ["focus_first", { to: "#a" }],
      ["push_focus", {}],
      ["pop_focus", {}],
      ["dispatch", { event: "copied", detail: { at: 1 }, bubbles: false }],
      ["exec", { attr: "data-cancel", to: "#a" }],
      ["navigate", { href: "/todos", replace: true }],
      ["patch", { href: "?page=2", replace: false }],
    ])
    expect(JSON.stringify(commands.toJSON())).not.toContain("null")
  })

  it("makes a new value with each call, so that commands can be handed on", () => {
    const close = JS.hide({ to: "#dialog" })
    const saved = close.push(eventNamed("saved"))
    expect(close.toJSON()).toHaveLength(1)
    expect(JS.toJSON()).toEqual([])
    expect(
      JS.focus()
        .concat(saved)
        .toJSON()
        .map(([name]) => name),
    ).toEqual(["focus", "hide", "push"])
  })

  it("stands in an attribute, and in the attributes that a component passes on", () => {
    const commands = JS.hide({ to: `#a"b` })
    const escaped = "[[&quot;hide&quot;,{&quot;to&quot;:&quot;#a\\&quot;b&quot;}]]"
    expect(print(html`<a phx-click="${commands}"></a>`)).toBe(`<a phx-click="${escaped}"></a>`)
    expect(print(html`<a ${attrs({ "phx-click": commands })}></a>`)).toBe(
      `<a phx-click="${escaped}"></a>`,
    )
  })
})

describe("link", () => {
  const at = (to: Parameters<typeof link>[0]) => print(html`<a ${link(to)}></a>`)

  it("patches, navigates or leads to another page", () => {
    expect(at({ patch: "/todos?page=2" })).toBe(
      `<a href="/todos?page=2" data-phx-link="patch" data-phx-link-state="push"></a>`,
    )
    expect(at({ navigate: "/todos", replace: true })).toBe(
      `<a href="/todos" data-phx-link="redirect" data-phx-link-state="replace"></a>`,
    )
    expect(at({ href: "mailto:ada@example.com" })).toBe(`<a href="mailto:ada@example.com"></a>`)
  })

  it.each([
    "javascript:alert(1)",
    " javascript:alert(1)",
    "\u0001javascript:1",
    "java\nscript:1",
    "data:text/html,x",
  ])("leads to no program: %j", (address) => {
    expect(() => link({ href: address })).toThrow("is no address for a link")
    expect(() => link({ navigate: address })).toThrow("is no address for a link")
    expect(() => JS.patch(address)).toThrow("is no address for a link")
  })
})

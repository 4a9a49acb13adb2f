import { describe, expect, it } from "vitest"
import { HoleError, html, raw, TemplateError } from "./index.ts"
import { safeDeclarations, safeStyleValue } from "./style.ts"

describe("a style in a hole", () => {
  it.each([
    "red",
    "#ff0080",
    "10px",
    "-1.5em",
    "50%",
    "1px solid red",
    "rgb(1, 2, 3)",
    "rgb(0 0 0 / 50%)",
    "calc(100% - 2 * (1px + 2em))",
    "var(--a-b)",
    "translate(1px,2px) rotate(3deg)",
    "red !important",
  ])("may be a value that only computes: %s", (value) => {
    expect(safeStyleValue(value)).toBe(value)
    expect(String(html`<i style="color: ${value}; top: 0"></i>`)).toBe(
      `<i style="color: ${value}; top: 0"></i>`,
    )
  })

  it.each([
    "red; background: blue",
    "url(//a.b)",
    "URL(x)",
    "image-set(x)",
    "expression(alert(1))",
    "a(b",
    "a)",
    ")(",
    "/* x",
    "*/",
    "//",
    "'a'",
    `"a"`,
    "\\75rl(x)",
    "a:b",
    "{",
    "}",
    "<",
    "@import",
    "a\nb",
    "u/**/rl(x)",
    "attr(x)",
  ])("is replaced by a word without meaning when it could say more: %j", (value) => {
    expect(safeStyleValue(value)).toBe("refused")
    expect(String(html`<i style="color: ${value}"></i>`)).toBe(`<i style="color: refused"></i>`)
  })

  it("may be the value of a declaration in <style>", () => {
    const sheet = (color: string, width: number | null) => html`<style nonce="${"n"}">
      .a { color: ${color}; margin: calc(2 * ${width}px) auto }
      .b { &:hover { --x:${color} } color: ${color} }
    </style>`
    expect(String(sheet("rgb(1 2 3)", 4))).toBe(`<style nonce="n">
      .a { color: rgb(1 2 3); margin: calc(2 * 4px) auto }
      .b { &:hover { --x:rgb(1 2 3) } color: rgb(1 2 3) }
    </style>`)
    for (const value of ["red } * { color: red", "</style><script>", "url(//a)", "a;b", "/*", "'"])
      expect(String(sheet(value, null)).split("color: refused")).toHaveLength(3)
    expect(() => String(html`<style>a { color: ${raw("red")} }</style>`)).toThrow(HoleError)
  })

  const x = "x"
  it.each([
    ["outside of rules", () => html`<style>${x}</style>`],
    ["as a selector", () => html`<style>${x} { top: 0 }</style>`],
    ["as a part of one", () => html`<style>a:${x} { top: 0 }</style>`],
    ["as that of a rule in a rule", () => html`<style>a { b:${x} { top: 0 } }</style>`],
    ["as a name", () => html`<style>a { ${x}: 0 }</style>`],
    ["as declarations", () => html`<style>a { ${x} }</style>`],
    ["in a string", () => html`<style>a { content: "${x}" }</style>`],
    ["in what loads", () => html`<style>a { background: url(${x}) }</style>`],
    ["where two make a comment", () => html`<style>a { top: ${x}${x} }</style>`],
    ["where it ends one's beginning", () => html`<style>a { top: 1/${x} }</style>`],
    ["in a comment", () => html`<style>a { top: /* ${x} */ 0 }</style>`],
    ["behind a rule", () => html`<style>a { top: 0 } b: ${x};</style>`],
    ["in an image of vectors", () => html`<svg><style>a { top: ${x} }</style></svg>`],
  ])("may stand nowhere else in <style>: %s", (_, page) => {
    expect(page).toThrow(TemplateError)
  })

  it("may as a whole be declarations with such values", () => {
    expect(safeDeclarations("color: red; --x:1px;")).toBe("color: red; --x:1px;")
    expect(safeDeclarations("")).toBe("")
  })

  it.each([
    "color: url(x)",
    "color",
    "a b: c",
    "behavior: x",
    "-moz-binding: x",
    ": x",
    "color: red; }",
  ])("is left empty as a whole otherwise: %j", (style) => {
    expect(String(html`<i style="${style}"></i>`)).toBe(`<i style=""></i>`)
  })

  it("is not judged when somebody vouched for it", () => {
    expect(String(html`<i style="${raw("background: url(/a.png)")}"></i>`)).toBe(
      `<i style="background: url(/a.png)"></i>`,
    )
  })
})

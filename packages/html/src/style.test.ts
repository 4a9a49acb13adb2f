import { describe, expect, it } from "vitest"
import { html, raw } from "./index.ts"
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

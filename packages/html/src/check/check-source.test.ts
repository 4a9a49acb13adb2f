import { describe, expect, it } from "vitest"
import { checkSource } from "./index.ts"

describe("checkSource", () => {
  it("finds the templates of a TypeScript module, with the lines of what is wrong in them", () => {
    const code = `import { html as h, raw } from "@bennu/html"
interface Props { readonly title: string }
export const card = ({ title }: Props) => h\`
  <section>\${[title].map(
    (each) => h\`<b>\${each}</b>\`,
  )}
    <p><p></p></p>
  </section>\`
const note = raw("<b>")
`
    expect(checkSource("card.ts", code)).toEqual({
      problems: [{ rule: "nesting", message: "<p> ends the <p> that it stands in", line: 7 }],
      templates: 2,
      raws: [9],
    })
  })

  it("knows the tag by where it comes from, not by its name", () => {
    const count = (code: string) => checkSource("a.ts", code).templates
    expect(count('import { html } from "hono/html"; html`<p>`')).toBe(0)
    expect(count("const html = String.raw; html`<p>`")).toBe(0)
    expect(count('import * as b from "@bennu/html"; b.html`<p></p>`')).toBe(1)
    expect(count('import { html } from "./vocabulary.ts"; html`<p></p>`')).toBe(1)
    expect(count('import { html } from "#web"; html`<p></p>`')).toBe(1)
  })

  it("checks TSX as what it is compiled to", () => {
    const code = `import { raw } from "@bennu/html"
const a = (title: string) => (
  <section>
    <h1>{title}</h1>
    {raw(title)}
    {[title].map((each) => (
      <p><div>{each}</div></p>
    ))}
  </section>
)`
    expect(checkSource("a.tsx", code)).toEqual({
      problems: [{ rule: "nesting", message: "<div> ends the <p> that it stands in", line: 7 }],
      templates: 2,
      raws: [5],
    })
    const theirs = code.replace("@bennu/html", "other")
    expect(checkSource("a.tsx", theirs).templates).toBe(0)
    expect(checkSource("a.tsx", theirs, { jsx: true }).templates).toBe(2)
  })

  it("tells of a module that cannot be read", () => {
    expect(checkSource("a.ts", "const = ").problems).toMatchObject([{ rule: "syntax", line: 1 }])
  })
})

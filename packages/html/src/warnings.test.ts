import { afterEach, describe, expect, it, vi } from "vitest"
import { html } from "./index.ts"

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

describe("a template with a mistake", () => {
  it("is told of once, with file and line, and printed as it is written", () => {
    const warnings = vi.spyOn(process, "emitWarning").mockReturnValue()
    const page = () => html`<p><p></p></p>`
    expect([String(page()), String(page())]).toEqual(["<p><p></p></p>", "<p><p></p></p>"])
    expect(warnings.mock.calls).toEqual([
      [
        expect.stringMatching(/^<p> ends the <p> that it stands in \(.*warnings\.test\.ts:\d+\)$/),
        { type: "TemplateWarning", code: "BENNU_HTML_NESTING" },
      ],
    ])
  })

  it("is not looked for in production", () => {
    vi.stubEnv("NODE_ENV", "production")
    const warnings = vi.spyOn(process, "emitWarning").mockReturnValue()
    expect(String(html`<div>`)).toBe("<div>")
    expect(warnings).not.toHaveBeenCalled()
  })
})

import { describe, expect, it } from "vitest"
import { appFolder } from "./testing/app-folder.ts"

describe("bennu", () => {
  it("says what it can do", async () => {
    using app = appFolder({})
    const { code, out } = await app.bennu("--help")
    expect(code).toBe(0)
    expect(out).toContain("keep the contexts of an app apart")
    expect((await app.bennu("contexts", "check", "--help")).out).toContain("--format <format>")
  })

  it("says which version it is", async () => {
    using app = appFolder({})
    expect(await app.bennu("--version")).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
  })

  it("knows which command was meant, and ends with 2 when it was none of its own", async () => {
    using app = appFolder({})
    for (const [args, said] of [
      [["contxts"], "Did you mean contexts?"],
      [["contexts", "chek"], "Did you mean check?"],
      [["contexts", "check", "--formt", "json"], "Did you mean --format?"],
      [["contexts", "check", "--format", "xml"], "Allowed choices are text, json, github"],
      [["contexts", "check", "more"], "too many arguments"],
    ] as const) {
      expect(await app.bennu(...args)).toMatchObject({
        code: 2,
        out: "",
        err: expect.stringContaining(said),
      })
    }
  })

  it("shows its help to who names nothing", async () => {
    using app = appFolder({})
    const { code, err } = await app.bennu()
    expect(err).toContain("Usage: bennu")
    expect(code).toBe(2)
  })
})

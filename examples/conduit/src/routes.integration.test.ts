import { join } from "node:path"
import { run } from "@bennu/cli"
import { describe, expect, it } from "vitest"

describe("bennu routes", () => {
  it("tells what answers here, without a database", async () => {
    const out: string[] = []
    const told = {
      cwd: join(import.meta.dirname, ".."),
      out: (text: string) => out.push(text),
      err: () => {},
    }
    expect(await run(["routes", "--for", "/articles/how-to-train?page=2"], told)).toBe(0)
    expect(out.join("")).toMatch(/^GET {2}\/articles\/:slug {2}live {2}src\/router\.ts:\d+\n$/)
  })
})

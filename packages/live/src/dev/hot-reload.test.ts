import { execFile } from "node:child_process"
import { mkdtemp, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { html } from "@bennu/html"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { liveView, type Scope } from "../../fixtures/app.ts"
import { component, hotReload, live, liveComponents } from "../index.ts"
import { mount } from "../testing.ts"

const path = paths({ page: "/" })
/** The modules of an app, as they are loaded: `by` is what somebody changed. */
function load(by: number) {
  const Part = liveComponents<Scope>()({
    events: { add: {} },
    mount: () => ({ n: 0 }),
    handleEvent: { add: (socket) => socket.update("n", (n) => n + by) },
    render: ({ n }, { add }, { id }) => html`<b id="${id}" phx-click="${add}">${by}: ${n}</b>`,
  })
  const Page = liveView({
    public: true,
    components: [Part],
    events: { add: {}, less: {} },
    mount: () => ({ count: 0 }),
    handleEvent: {
      add: (socket) => socket.update("count", (count) => count + by),
      less: (socket) => socket.update("count", (count) => count - 1),
    },
    render: ({ count }) => html`<h1>v${by} ${count}</h1>${component(Part, { id: "part" })}`,
  })
  return { Page, router: router(live(path.page, Page)) }
}
const text = (page: { html(): string }) => page.html().replaceAll(/<[^>]*>/g, " ")

describe("a view whose module has changed", () => {
  it("keeps its state and that of its components, and is drawn and handled by the new one", async () => {
    const before = load(1)
    await using page = await mount(before.Page, { scope: { name: "ada" } })
    await page.push("add")
    await page.element("#part").click()
    expect(text(page)).toBe(" v1 1  1: 1 ")
    expect(hotReload(before.router, load(10).router)).toBe(1)
    await page.settled()
    expect(text(page)).toBe(" v10 1  10: 1 ")
    await page.push("add")
    await page.push("less")
    await page.element("#part").click()
    expect(text(page)).toBe(" v10 10  10: 11 ")
    // and once more, in the place of the first
    expect(hotReload(before.router, load(2).router)).toBe(1)
    await page.settled()
    expect(text(page)).toBe(" v2 10  2: 11 ")
    await using another = await mount(before.Page, { scope: { name: "ada" } })
    expect(text(another)).toBe(" v2 0  2: 0 ")
  })

  it("is loaded again with what it imports from the same folder", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bennu-fresh-"))
    await writeFile(join(folder, "inner.mjs"), "export const n = 1")
    await writeFile(join(folder, "outer.mjs"), 'export { n } from "./inner.mjs"')
    const source = new URL("fresh-imports.ts", import.meta.url).href
    const program = `
      import { writeFile } from "node:fs/promises"
      import { freshImports } from ${JSON.stringify(source)}
      const load = freshImports(${JSON.stringify(folder)})
      const { n } = await load("outer.mjs")
      await writeFile(${JSON.stringify(join(folder, "inner.mjs"))}, "export const n = 2")
      console.log(n, (await load("outer.mjs")).n)`
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--input-type=module",
      "--eval",
      program,
    ])
    expect(stdout).toBe("1 2\n")
  })
})

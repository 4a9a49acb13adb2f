import { spawn } from "node:child_process"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node"

const main = join(import.meta.dirname, "main.ts")
const server = spawn(process.execPath, ["--conditions=@bennu/source", main], {
  stdio: ["pipe", "pipe", "inherit"],
})
const ended = new Promise((resolve) => server.once("exit", resolve))
const editor = createProtocolConnection(
  new StreamMessageReader(server.stdout),
  new StreamMessageWriter(server.stdin),
)
const told = new Map<string, (diagnostics: unknown) => void>()
editor.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) =>
  told.get(uri)?.(diagnostics),
)
editor.listen()
const { capabilities } = await editor.sendRequest<{ capabilities: object }>("initialize", {
  processId: process.pid,
  rootUri: null,
  capabilities: {},
})
await editor.sendNotification("initialized", {})
afterAll(async () => {
  await editor.sendRequest("shutdown")
  await editor.sendNotification("exit")
  await ended
  editor.dispose()
})

let files = 0
/** Opens a module, in which `|` is the cursor, and resolves with what is wrong in it. */
async function open(marked: string, languageId = "typescript") {
  const at = marked.indexOf("|")
  const before = at === -1 ? "" : marked.slice(0, at)
  const lines = before.split("\n")
  const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 }
  const uri = `file:///project/${files++}.ts`
  const diagnostics = new Promise((resolve) => told.set(uri, resolve))
  const text = `${before}${marked.slice(at + 1)}`
  const textDocument = { uri, languageId, version: 1, text }
  await editor.sendNotification("textDocument/didOpen", { textDocument })
  const asked = { textDocument: { uri }, position }
  return {
    uri,
    problems: await diagnostics,
    labels: async () => {
      const list = await editor.sendRequest<{ items: { label: string }[] } | null>(
        "textDocument/completion",
        asked,
      )
      return list?.items.map(({ label }) => label) ?? null
    },
    hover: async () => JSON.stringify(await editor.sendRequest("textDocument/hover", asked)),
  }
}
const ours = (rest: string) => `import { html } from "@bennu/html"\n${rest}`
const hole = "$" + "{title}"

describe("the language server", () => {
  it("says what it can", () => {
    expect(capabilities).toMatchObject({ hoverProvider: true, completionProvider: {} })
  })

  it("tells what is wrong in a template, and that it is mended", async () => {
    const { uri, problems } = await open(ours("const a = html`\n  <p><p></p></p>`"))
    expect(problems).toEqual([
      {
        range: { start: { line: 2, character: 2 }, end: { line: 2, character: 17 } },
        severity: 2,
        source: "bennu-html",
        code: "nesting",
        message: "<p> ends the <p> that it stands in",
      },
    ])
    const mended = new Promise((resolve) => told.set(uri, resolve))
    await editor.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [{ text: ours("const a = html`<p></p>`") }],
    })
    expect(await mended).toEqual([])
  })

  it("tells of holes that would be refused as errors", async () => {
    const { problems } = await open(
      ours(`const a = (title: string) => html\`<b title=${hole}></b>\``),
    )
    expect(problems).toMatchObject([{ severity: 1, code: "hole" }])
  })

  it("leaves to TypeScript what is no template, and what cannot be read", async () => {
    expect((await open("const a = `<p>`")).problems).toEqual([])
    expect((await open(ours("const = html`<p>`"))).problems).toEqual([])
    expect((await open("<p>", "html")).problems).toEqual([])
  })

  it("completes elements, attributes and values where the cursor is", async () => {
    const text = ours(`const a = (title: string) => html\`<section>${hole}<inp|</section>\``)
    expect(await (await open(text)).labels()).toContain("input")
    const attribute = ours(`const a = (title: string) => html\`<input value="${hole}" |>\``)
    expect(await (await open(attribute)).labels()).toContain("autocomplete")
    const value = ours('const a = html`<input type="|">`')
    expect(await (await open(value)).labels()).toContain("checkbox")
  })

  it("knows the template that the cursor is in, among others and in another", async () => {
    const nested = ours(
      `const a = (title: string) => html\`<ul>$\{html\`<li>${hole}</|\`}</ul>\``.replace(
        "\\{",
        "{",
      ),
    )
    expect(await (await open(nested)).labels()).toContain("/li")
    expect(await (await open(ours("const a = html`<p></p>`, b = |1"))).labels()).toBe(null)
  })

  it("explains elements", async () => {
    const { hover } = await open(ours("const a = html`<de|tails></details>`"))
    expect(await hover()).toContain("disclosure")
  })
})

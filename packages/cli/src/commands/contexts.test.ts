import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { appFolder, soundApp } from "../testing/app-folder.ts"

const planted = {
  ...soundApp,
  "src/web/page.ts": 'import { hash } from "../accounts/password.ts"\n',
}
const drawn = `flowchart LR
  c_accounts["<b>accounts</b><br/>tokens<br/>users (shared)"]
  c_notes["<b>notes</b><br/>notes"]
  c_todos["<b>todos</b><br/>todos"]
  c_todos --> c_accounts
`

describe("bennu contexts check", () => {
  it("prints JSON for programs", async () => {
    using app = appFolder(planted)
    const { code, out } = await app.bennu("contexts", "check", "--format", "json")
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual({
      problems: [
        {
          rule: "private-import",
          file: "src/web/page.ts",
          line: 1,
          column: 22,
          message: "src/accounts/password.ts is inside of accounts",
          hint: expect.any(String),
        },
      ],
      contexts: [
        {
          name: "accounts",
          uses: [],
          knows: [],
          tables: ["tokens", "users"],
          shares: ["users"],
          files: 2,
        },
        { name: "todos", uses: ["accounts"], knows: [], tables: ["todos"], shares: [], files: 1 },
        { name: "notes", uses: [], knows: [], tables: ["notes"], shares: [], files: 1 },
      ],
      files: 6,
    })
  })

  it("annotates a pull request on GitHub, and no file's name ends an annotation early", async () => {
    using app = appFolder({
      ...soundApp,
      "src/web/100%,a:b.ts": 'import { hash } from "../accounts/password.ts"\n',
    })
    const { out } = await app.bennu("contexts", "check", "-f", "github")
    expect(out.split("\n")[0]).toBe(
      "::error file=src/web/100%25%2Ca%3Ab.ts,line=1,col=22,title=private-import::src/accounts/password.ts is inside of accounts%0AImport src/accounts/index.ts, and let it export what others need.",
    )
  })

  it("shows how the contexts hang together", async () => {
    using app = appFolder(soundApp)
    expect(
      (await app.bennu("contexts", "check", "--assess")).out,
    ).toBe(`contexts: no problems in 3 contexts, 6 files

context   files  tables  shared  used by  uses  instability
accounts      2       2       1        1     0         0.00
todos         1       1       0        0     1         1.00
notes         1       1       0        0     0            –
`)
  })
})

describe("bennu contexts graph", () => {
  it("prints the contexts as a flowchart", async () => {
    using app = appFolder(soundApp)
    expect(await app.bennu("contexts", "graph")).toEqual({ code: 0, out: drawn, err: "" })
  })

  it("draws a dotted arrow to a context of which only types are known", async () => {
    using app = appFolder({ ...soundApp, "src/notes.ts": 'import type { list } from "./todos.ts"' })
    expect((await app.bennu("contexts", "graph")).out).toContain("c_notes -. types .-> c_todos")
  })

  it("keeps it in a document, beside what else stands there, and tells when it drifts", async () => {
    using app = appFolder(soundApp)
    const file = join(app.folder, "docs/contexts.md")
    await app.bennu("contexts", "graph", "--write", "docs/contexts.md")
    const text = readFileSync(file, "utf8")
    expect(text).toBe(
      `# Contexts\n\n<!-- bennu contexts graph -->\n\n\`\`\`mermaid\n${drawn}\`\`\`\n`,
    )
    app.write("docs/contexts.md", `# $& App\n\n${text}\n## More\n`)
    const check = () => app.bennu("contexts", "graph", "--check", "docs/contexts.md")
    expect(await check()).toMatchObject({ code: 0 })

    app.write(
      "src/labels.ts",
      'import { pgTable } from "drizzle-orm/pg-core"\nexport const labels = pgTable("labels", {})\n',
    )
    app.write("bennu.config.js", "")
    const config = (soundApp["bennu.config.ts"] ?? "").replace(
      '"src/notes.ts"',
      '["src/notes.ts", "src/labels.ts"]',
    )
    app.write("other.config.ts", config)
    const drifted = await app.bennu(
      "contexts",
      "graph",
      "--check",
      "docs/contexts.md",
      "-c",
      "other.config.ts",
    )
    expect(drifted).toEqual({
      code: 1,
      out: "",
      err: `docs/contexts.md:10: the graph is not that of the contexts: it says "c_notes[\\"<b>notes</b><br/>notes\\"]", the code says "c_notes[\\"<b>notes</b><br/>labels<br/>notes\\"]"
  Run bennu contexts graph --write docs/contexts.md, and look at what changed.
`,
    })
    await app.bennu("contexts", "graph", "--write", "docs/contexts.md")
    expect(readFileSync(file, "utf8")).toBe(`# $& App\n\n${text}\n## More\n`)
  })

  it("is kept where the configuration says, as Mermaid alone if that is the file", async () => {
    const config = (soundApp["bennu.config.ts"] ?? "").replace(
      "boundaries: {",
      'boundaries: { graph: "contexts.mmd",',
    )
    using app = appFolder({ ...soundApp, "bennu.config.ts": config })
    expect(await app.bennu("contexts", "graph", "--check")).toMatchObject({
      code: 1,
      err: expect.stringContaining(
        "contexts.mmd:1: the graph is not that of the contexts: there is no such file",
      ),
    })
    expect(await app.bennu("contexts", "graph", "--write")).toMatchObject({ code: 0 })
    expect(readFileSync(join(app.folder, "contexts.mmd"), "utf8")).toBe(drawn)
    expect(await app.bennu("contexts", "graph", "--check")).toMatchObject({ code: 0 })
    app.write("contexts.mmd", drawn.split("\n").slice(0, 3).join("\n"))
    expect(await app.bennu("contexts", "graph", "--check")).toMatchObject({ code: 1 })
  })

  it("asks for a file where nobody named one", async () => {
    using app = appFolder(soundApp)
    expect(await app.bennu("contexts", "graph", "--check")).toMatchObject({
      code: 2,
      err: expect.stringContaining("does not say where the graph is kept"),
    })
  })
})

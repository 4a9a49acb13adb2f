import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { loadConfig } from "../load-config.ts"
import { appFolder, soundApp } from "../testing/app-folder.ts"

/** What the check says of a sound app in which these files are other ones; the first line of each problem. */
async function problems(files: Readonly<Record<string, string>>): Promise<string[]> {
  using app = appFolder({ ...soundApp, ...files })
  const { out } = await app.bennu("contexts", "check")
  return out.split("\n").filter((line) => line.endsWith("]"))
}
/** The configuration of the sound app, with some of its text replaced. */
const config = (from: string, to: string) => ({
  "bennu.config.ts": (soundApp["bennu.config.ts"] ?? "").replace(from, to),
})

describe("bennu contexts check, of imports", () => {
  it("has nothing to say of an app that keeps to its boundaries", async () => {
    using app = appFolder(soundApp)
    expect(await app.bennu("contexts", "check")).toEqual({
      code: 0,
      out: "contexts: no problems in 3 contexts, 6 files\n",
      err: "",
    })
  })

  it("finds an import of what is inside of another context, and says what to import", async () => {
    using app = appFolder({
      ...soundApp,
      "src/web/page.ts":
        'import { page } from "./x.ts"\nimport { hash } from "../accounts/password.ts"\n',
    })
    expect(await app.bennu("contexts", "check")).toMatchObject({
      code: 1,
      out: `src/web/page.ts:2:22: src/accounts/password.ts is inside of accounts [private-import]
  Import src/accounts/index.ts, and let it export what others need.

contexts: 1 problem in 3 contexts, 6 files
`,
    })
  })

  it("finds a context that uses another one without saying so", async () => {
    expect(await problems({ "src/notes.ts": 'import { list } from "./todos.ts"' })).toEqual([
      "src/notes.ts:1:22: notes does not say that it uses todos [undeclared-use]",
    ])
  })

  it("finds them in whatever way they are written", async () => {
    const inside = "is inside of accounts [private-import]"
    const text = `export * from "./accounts/password.ts"
export { hash } from "./accounts/password"
export const a = await import("./accounts/password.ts")
export const b = await import(\`./accounts/password.js\`)
export const c = require("./accounts/password.ts")
export type Hash = import("./accounts/password.ts").Hash
import type { Hash as H } from "./accounts/password.ts"
import "./accounts/password.ts?raw"
`
    expect(await problems({ "src/web.ts": text })).toEqual([
      `src/web.ts:1:15: src/accounts/password.ts ${inside}`,
      `src/web.ts:2:22: src/accounts/password.ts ${inside}`,
      `src/web.ts:3:31: src/accounts/password.ts ${inside}`,
      `src/web.ts:4:31: src/accounts/password.ts ${inside}`,
      `src/web.ts:5:26: src/accounts/password.ts ${inside}`,
      `src/web.ts:6:27: src/accounts/password.ts ${inside}`,
      `src/web.ts:7:32: src/accounts/password.ts ${inside}`,
      `src/web.ts:8:8: src/accounts/password.ts ${inside}`,
    ])
  })

  it("follows aliases of TypeScript and of Node.js", async () => {
    const aliases = {
      "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
      "package.json": '{ "name": "app", "imports": { "#accounts/*": "./src/accounts/*" } }',
    }
    const text =
      'import "@/accounts/password"\nimport "#accounts/password.ts"\nimport "@/accounts/index.ts"\n'
    expect(await problems({ ...aliases, "src/web.ts": text })).toEqual([
      "src/web.ts:1:8: src/accounts/password.ts is inside of accounts [private-import]",
      "src/web.ts:2:8: src/accounts/password.ts is inside of accounts [private-import]",
    ])
  })

  it("judges an import that is computed by where it begins, and asks for a beginning", async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of a template
    const into = "export const load = (name) => import(`./accounts/${name}.ts`)\n"
    expect(await problems({ "src/web.ts": into })).toEqual([
      expect.stringMatching(
        /^src\/web\.ts:1:38: src\/accounts is inside of accounts \[private-import\]$/,
      ),
    ])
    const notes = `${soundApp["src/notes.ts"]}export const load = (name) => import(name)\n`
    expect(await problems({ "src/notes.ts": notes })).toEqual([
      expect.stringContaining("nobody can tell where this import leads [unknown-import]"),
    ])
    expect(await problems({ "src/web.ts": "export const load = (name) => import(name)" })).toEqual(
      [],
    )
  })

  it("finds a context that imports the app around it", async () => {
    const text = `import { page } from "./web/page.ts"\n${soundApp["src/notes.ts"]}`
    expect(await problems({ "src/notes.ts": text })).toEqual([
      "src/notes.ts:1:22: notes imports src/web/page.ts, which belongs to the app around the contexts [outside-import]",
    ])
  })

  it("lets what is shared know the types of contexts, and nothing that runs", async () => {
    const text = `${soundApp["src/vocabulary.ts"]}import { hash } from "./accounts/index.ts"\nimport "./web/page.ts"\n`
    expect(await problems({ "src/vocabulary.ts": text })).toEqual([
      "src/vocabulary.ts:4:22: what is shared by contexts imports accounts [shared-import]",
      "src/vocabulary.ts:5:8: what is shared by contexts imports src/web/page.ts, which belongs to the app around the contexts [outside-import]",
    ])
  })

  it("finds a context that passes on another one's names", async () => {
    const text = `${soundApp["src/todos.ts"]}export { hash } from "./accounts/index.ts"\n`
    expect(await problems({ "src/todos.ts": text })).toEqual([
      expect.stringContaining("todos passes on what accounts exports [re-export]"),
    ])
  })

  it("lets types of a face pass, unless the app wants them declared", async () => {
    const text = `import type { Todo } from "./todos.ts"\n${soundApp["src/notes.ts"]}`
    expect(await problems({ "src/notes.ts": text })).toEqual([])
    const declared = config("boundaries: {", 'boundaries: { typeImports: "declared",')
    expect(await problems({ ...declared, "src/notes.ts": text })).toEqual([
      "src/notes.ts:1:27: notes does not say that it uses todos [undeclared-use]",
      "src/vocabulary.ts:1:27: what is shared by contexts imports accounts [shared-import]",
    ])
  })

  it("leaves tests, stories, declarations, and what is installed or excluded alone", async () => {
    const text = 'import "./accounts/password.ts"\n'
    const files = [
      "a.test.ts",
      "a.test-d.ts",
      "a.spec.tsx",
      "a.stories.ts",
      "a.d.ts",
      "old/a.ts",
      "node_modules/a.js",
    ]
    const excluded = config("boundaries: {", 'boundaries: { exclude: ["src/old"],')
    const written = Object.fromEntries(files.map((name) => [`src/${name}`, text]))
    expect(await problems({ ...excluded, ...written })).toEqual([])
  })

  it("says where a file cannot be parsed", async () => {
    const [problem, ...more] = await problems({
      "src/web.ts": "export const a = 1\nexport const = 2\n",
    })
    expect(problem).toMatch(/^src\/web\.ts:2:14: .* \[unparsable\]$/)
    expect(more).toEqual([])
  })

  it("finds contexts that use each other in a circle, where they say so", async () => {
    const circle = config("notes: {", 'notes: { uses: ["todos"],')
    const back = {
      "bennu.config.ts": circle["bennu.config.ts"].replace(
        'uses: ["accounts"]',
        'uses: ["accounts", "notes"]',
      ),
      "src/notes.ts": `import { list as todos } from "./todos.ts"\n${soundApp["src/notes.ts"]}`,
      "src/todos.ts": `import { list as notes } from "./notes.ts"\n${soundApp["src/todos.ts"]}`,
    }
    expect(await problems(back)).toEqual([
      "bennu.config.ts:4:55: contexts use each other: todos → notes → todos [cycle]",
    ])
  })

  it("finds a declaration that nothing needs", async () => {
    expect(await problems(config("notes: {", 'notes: { uses: ["accounts"],'))).toEqual([
      "bennu.config.ts:5:21: notes says that it uses accounts, and does not [unused-use]",
    ])
  })
})

describe("a configuration of contexts", () => {
  it("is told what is not there, and where it says so", async () => {
    expect(await problems(config('uses: ["accounts"]', 'uses: ["acounts", "todos"]'))).toContain(
      "bennu.config.ts:4:43: todos uses acounts, which is no context [config]",
    )
    expect(await problems(config('"src/notes.ts"', '"src/note.ts"'))).toContain(
      "bennu.config.ts:5:14: there is no src/note.ts [config]",
    )
    expect(await problems(config('"src/notes.ts"', '"src/todos.ts"'))).toContain(
      "bennu.config.ts:5:14: src/todos.ts is declared twice: as todos and as notes [config]",
    )
    expect(
      await problems(config('"src/notes.ts"', '"src/notes.ts", face: "src/web/page.ts"')),
    ).toContain("bennu.config.ts:5:36: the face src/web/page.ts is not in notes [config]")
  })

  it("is told of an option that there is not, and which one was meant", async () => {
    using app = appFolder({ "bennu.config.ts": "export default { context: {} }" })
    expect(await app.bennu("contexts", "check")).toMatchObject({
      code: 2,
      err: expect.stringContaining('There is no option "context"; did you mean "contexts"?'),
    })
  })

  it("is asked for where there is none, and its error is shown where it does not run", async () => {
    using none = appFolder({ "src/a.ts": "" })
    expect(await none.bennu("contexts", "check")).toMatchObject({
      code: 2,
      err: expect.stringContaining("there is no bennu.config.ts"),
    })
    using broken = appFolder({ "bennu.config.ts": 'throw new Error("no luck")' })
    expect(await broken.bennu("contexts", "check")).toMatchObject({
      code: 2,
      err: expect.stringContaining("does not run: no luck"),
    })
  })

  it("is found from a folder below, or named", async () => {
    using app = appFolder({
      ...soundApp,
      "other.config.ts": 'export default { boundaries: { sources: ["src/web"] } }',
    })
    const { out } = await app.bennu("contexts", "check", "--config", "other.config.ts")
    expect(out).toBe("contexts: no problems in no contexts, 1 file\n")
    const { file, root } = await loadConfig(join(app.folder, "src/web"))
    expect({ file, root }).toEqual({ file: join(app.folder, "bennu.config.ts"), root: app.folder })
  })
})

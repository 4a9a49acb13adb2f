import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { run } from "../run.ts"

/** What a command printed, and how it ended. */
export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** An app on the disk, for as long as it is not disposed. */
export interface AppFolder extends Disposable {
  readonly folder: string
  write(path: string, text: string): void
  /** Runs `bennu` in it. */
  bennu(...args: readonly string[]): Promise<Ended>
}

/** Makes an app of these files. */
export function appFolder(files: Readonly<Record<string, string>>): AppFolder {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "bennu-app-")))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const [path, text] of Object.entries(files)) write(path, text)
  return {
    folder,
    write,
    async bennu(...args) {
      const out: string[] = []
      const err: string[] = []
      const code = await run(args, {
        cwd: folder,
        out: (text) => out.push(text),
        err: (text) => err.push(text),
      })
      return { code, out: out.join(""), err: err.join("") }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

// not written out below, where a check of our own imports would take it for one
const SCHEMA = "@bennu/schema"
const table = (name: string) => `import { pgTable, text } from "drizzle-orm/pg-core"
import { schema } from "${SCHEMA}"
export const ${name} = pgTable("${name}", { id: text().primaryKey() })
`

/** Three contexts that keep to their boundaries: todos uses accounts, which shares its users; notes uses nobody. */
export const soundApp: Readonly<Record<string, string>> = {
  "bennu.config.ts": `export default {
  contexts: {
    accounts: { path: "src/accounts", shares: ["users"] },
    todos: { path: "src/todos.ts", uses: ["accounts"] },
    notes: { path: "src/notes.ts" },
  },
  boundaries: { shared: ["src/vocabulary.ts"] },
}
`,
  "src/accounts/index.ts": `${table("users")}export { hash } from "./password.ts"
export const User = schema(users)
export type User = typeof User.$inferSelect
export const find = ({ repo }: Scope, id: string) => repo.get(User, id)
`,
  "src/accounts/password.ts": `import { pgTable, text } from "drizzle-orm/pg-core"
export const tokens = pgTable("tokens", { id: text() })
export const hash = (text: string) => text
`,
  "src/todos.ts": `${table("todos")}import * as Accounts from "./accounts/index.ts"
import type { Scope } from "./vocabulary.ts"
export const Todo = schema(todos, { belongsTo: { user: () => Accounts.users } })
export const list = ({ repo }: Scope) => repo.all(Todo, { preload: ["user"] })
`,
  "src/notes.ts": `${table("notes")}import type { Scope } from "./vocabulary.ts"
export const Note = schema(notes)
export const list = ({ repo }: Scope) => repo.all(Note)
`,
  "src/vocabulary.ts": `import type { User } from "./accounts/index.ts"
import type { Repo } from "@bennu/repo"
export interface Scope { readonly user: User; readonly repo: Repo }
`,
  "src/web/page.ts": `import * as Todos from "../todos.ts"
import { hash } from "../accounts/index.ts"
export const page = (scope) => hash(Todos.list(scope))
`,
}

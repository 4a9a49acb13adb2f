import type { Awaitable, Child } from "@bennu/core"
import type { Migration, Seed } from "@bennu/migrations"
import type { Repo } from "@bennu/repo"
import type { Router } from "@bennu/router"
import type { Schema } from "@bennu/schema"

/** A context of an app: where its code is, what others may call, and which tables are its own. */
export interface ContextConfig<Name extends string = string> {
  /** Its file or folder, or several, from the folder of the configuration. */
  readonly path: string | readonly string[]
  /** The modules that others may import (of a folder its `index.ts`; a file is its own face). */
  readonly face?: string | readonly string[] | undefined
  /** The contexts whose faces it calls (none). */
  readonly uses?: readonly Name[] | undefined
  /** Tables of its own that are defined elsewhere, such as in one file for the whole app, by their names in the database. */
  readonly tables?: readonly string[] | undefined
  /** Those of its tables that contexts which use it may query and join (none). */
  readonly shares?: readonly string[] | undefined
}

/** What holds for all contexts. Files and folders are named from the folder of the configuration. */
export interface BoundariesConfig {
  /** The folders whose files are checked (`["src"]`). Tests, stories and declarations among them are not. */
  readonly sources?: readonly string[] | undefined
  /** More files and folders that are not checked (none). */
  readonly exclude?: readonly string[] | undefined
  /** What every context may import, and what knows none of them: the app's vocabulary, its errors (none). */
  readonly shared?: readonly string[] | undefined
  /** Tables that everybody may query, by their names in the database (none). */
  readonly sharedTables?: readonly string[] | undefined
  /**
   * Whether a type of another context's face may be imported without a word (`"free"`): it is erased, so that nothing
   * is called. `"declared"` asks for `uses` as for any other import. What is inside of a context stays there either way.
   */
  readonly typeImports?: "free" | "declared" | undefined
  /** The Markdown or Mermaid file that keeps the graph; `bennu contexts graph` writes and compares it. */
  readonly graph?: string | undefined
}

/** The database of an app. Functions, so that commands which do not need it do not load it. */
export interface DatabaseConfig {
  /** Opens it as the app does: `() => openRepo({ driver: postgres({ url }) })`. */
  readonly repo: () => Awaitable<Child<Repo>>
  /** The folder of its migrations (`"migrations"`), or what reads them: `() => drizzleMigrationsIn("drizzle")`. */
  readonly migrations?: string | (() => Awaitable<readonly Migration[]>) | undefined
  /** All schemas of the app, whose constraints `bennu migrate --check` looks for (none). */
  readonly schemas?: (() => Awaitable<readonly Schema[]>) | undefined
  /**
   * What Drizzle declares beside the tables of the schemas, for `bennu migrate generate`: tables that only join, enums, views
   * (none): `() => import("./src/tables.ts")`.
   */
  readonly tables?: (() => Awaitable<Readonly<Record<string, unknown>>>) | undefined
  /** As the repo has it. */
  readonly casing?: "snake_case" | "camelCase" | undefined
  /** What `bennu seed` runs (nothing). */
  readonly seeds?: (() => Awaitable<readonly Seed[]>) | undefined
}

/** What `bennu` has to know of an app: the default export of its `bennu.config.ts`. */
export interface BennuConfig<Name extends string = string> {
  readonly contexts?: { readonly [K in Name]: ContextConfig<NoInfer<Name>> } | undefined
  readonly boundaries?: BoundariesConfig | undefined
  readonly database?: DatabaseConfig | undefined
  /** Makes its router, for `bennu routes`: `async () => (await import("./src/router.ts")).appRouter`. Nothing is asked of it. */
  readonly router?: (() => Awaitable<Router<unknown>>) | undefined
}

/**
 * Gives a configuration its type, so that a context that nobody declared does not compile.
 * @example
 * export default defineConfig({
 *   contexts: {
 *     accounts: { path: "src/accounts", shares: ["users"] },
 *     todos: { path: "src/todos.ts", uses: ["accounts"] },
 *   },
 *   boundaries: { shared: ["src/vocabulary.ts"], graph: "docs/contexts.md" },
 *   database: { repo: () => openRepo({ driver: postgres({ url: process.env["DATABASE_URL"] ?? "" }) }) },
 * })
 */
export const defineConfig = <const Name extends string>(
  config: BennuConfig<Name>,
): BennuConfig<Name> => config

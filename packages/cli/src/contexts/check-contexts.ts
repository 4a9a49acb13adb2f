import type { LoadedConfig } from "../load-config.ts"
import { type Boundaries, boundariesOf } from "./boundaries.ts"
import { checkImports, type Edge } from "./check-imports.ts"
import { checkTables } from "./check-tables.ts"
import { isProblem, type Module, readModules } from "./modules.ts"
import { inOrder, type Problem } from "./problem.ts"
import { moduleResolver } from "./resolve-module.ts"
import { sourceFiles } from "./source-files.ts"
import { symbolsOf } from "./symbols.ts"

/** A context as the code has it. */
export interface ContextFacts {
  readonly name: string
  /** The contexts whose faces it may call. */
  readonly uses: readonly string[]
  /** Those of which it knows types and nothing else. */
  readonly knows: readonly string[]
  readonly tables: readonly string[]
  readonly shares: readonly string[]
  readonly files: number
}

/** What was found in an app. */
export interface ContextsReport {
  /** In the order of files, lines and columns; none when every boundary is kept. */
  readonly problems: readonly Problem[]
  readonly contexts: readonly ContextFacts[]
  /** How many files were read. */
  readonly files: number
}

/**
 * Checks that the contexts of an app keep to their boundaries: nobody imports what is inside of another one, what is
 * used is declared, without circles, and queries touch the tables that are their own, or shared.
 * @param loaded From `loadConfig`.
 * @example const { problems } = await checkContexts(await loadConfig("."))
 */
export async function checkContexts(loaded: LoadedConfig): Promise<ContextsReport> {
  const { boundaries, problems: declared } = boundariesOf(loaded)
  const read = await readModules(sourceFiles(boundaries.sources, boundaries.excluded))
  const modules = new Map<string, Module>()
  for (const module of read) if (!isProblem(module)) modules.set(module.file, module)
  const resolve = moduleResolver(new Set(modules.keys()))
  const imports = checkImports(boundaries, modules, resolve)
  const tables = checkTables(boundaries, modules, symbolsOf(modules, resolve))
  return {
    problems: inOrder([
      ...declared,
      ...read.filter(isProblem),
      ...imports.problems,
      ...tables.problems,
      ...unusedUses(boundaries, imports.edges),
    ]),
    contexts: factsOf(boundaries, modules, imports.edges, tables.owners),
    files: read.length,
  }
}

/** A declaration that nothing needs lets the next mistake pass. */
function unusedUses({ contexts, refuse }: Boundaries, edges: readonly Edge[]): Problem[] {
  const needed = new Set(edges.map(({ from, to }) => `${from} ${to}`))
  return [...contexts.values()].flatMap(({ name, uses }) =>
    [...uses]
      .filter((other) => contexts.has(other) && other !== name && !needed.has(`${name} ${other}`))
      .map((other) =>
        refuse(
          ["contexts", name, "uses", other],
          `${name} says that it uses ${other}, and does not`,
          "Take it off the list.",
          "unused-use",
        ),
      ),
  )
}

function factsOf(
  { contexts, ownerOf }: Boundaries,
  modules: ReadonlyMap<string, Module>,
  edges: readonly Edge[],
  owners: ReadonlyMap<string, string>,
): ContextFacts[] {
  return [...contexts.values()].map((context) => {
    const { name, uses, shares } = context
    const known = edges.filter(
      ({ from, to, typeOnly }) => from === name && typeOnly && !uses.has(to),
    )
    return {
      name,
      uses: [...uses].sort(),
      knows: [...new Set(known.map(({ to }) => to))].sort(),
      tables: [...owners]
        .filter(([, owner]) => owner === name)
        .map(([table]) => table)
        .sort(),
      shares: [...shares].sort(),
      files: [...modules.keys()].filter((file) => ownerOf(file) === context).length,
    }
  })
}

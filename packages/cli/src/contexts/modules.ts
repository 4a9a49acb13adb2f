import { readFileSync } from "node:fs"
import {
  type EcmaScriptModule,
  type Node,
  type ParseResult,
  type Program,
  parse,
  parseSync,
} from "oxc-parser"
import { positionAt } from "./position.ts"
import type { Problem } from "./problem.ts"
import { walk } from "./syntax.ts"

/** A module that another one names. */
export interface Reference {
  readonly specifier: string
  /** Where the specifier begins. */
  readonly start: number
  /** Whether it is gone once types are erased. */
  readonly typeOnly: boolean
  /** Whether the module passes on what it gets there. */
  readonly reexported: boolean
  /** Whether `specifier` is only the beginning of what is computed: `` import(`./pages/${name}.ts`) ``. */
  readonly open: boolean
}

/** A name that a module has from another one: `"*"` for all that it exports. */
export interface Binding {
  readonly specifier: string
  readonly name: string
}

/** What one file says of others. */
export interface Module {
  readonly file: string
  readonly text: string
  readonly references: readonly Reference[]
  /** The values that it imports, by their names here. */
  readonly imports: ReadonlyMap<string, Binding>
  /** What it exports: a name here, or one of another module. */
  readonly exports: ReadonlyMap<string, string | Binding>
  /** Modules all of whose exports are its own too. */
  readonly stars: readonly string[]
  /** The syntax tree; parsed again, since few are asked for it. */
  program(): Program
}

/** Reads files, on as many cores as there are; one that cannot be parsed is a problem. */
export async function readModules(files: readonly string[]): Promise<(Module | Problem)[]> {
  const read: (Module | Problem)[] = []
  for (let at = 0; at < files.length; at += AT_ONCE)
    read.push(...(await Promise.all(files.slice(at, at + AT_ONCE).map(readModule))))
  return read
}
/** A parsed file is a large one, until its imports are known. */
const AT_ONCE = 32

async function readModule(file: string): Promise<Module | Problem> {
  const text = readFileSync(file, "utf8")
  const parsed = await parse(file, text)
  const error = parsed.errors.find(({ severity }) => severity === "Error")
  if (error !== undefined) {
    const place = positionAt(text, error.labels[0]?.start ?? 0)
    const hint = error.helpMessage ?? "What does not parse cannot be checked."
    return { rule: "unparsable", file, ...place, message: error.message, hint }
  }
  const { module } = parsed
  return {
    file,
    text,
    references: [...staticReferences(text, module), ...otherReferences(text, parsed)],
    ...namesOf(module),
    program: () => parseSync(file, text).program,
  }
}

function staticReferences(
  text: string,
  { staticImports, staticExports }: EcmaScriptModule,
): Reference[] {
  const imported = staticImports.map(({ start, entries, moduleRequest }) => ({
    specifier: moduleRequest.value,
    start: moduleRequest.start,
    typeOnly:
      entries.length > 0
        ? entries.every(({ isType }) => isType)
        : /^import\s+type\b/.test(text.slice(start, moduleRequest.start)),
    reexported: false,
    open: false,
  }))
  const passedOn = staticExports.flatMap(({ entries }) => {
    const [first] = entries
    if (!first?.moduleRequest) return []
    const { value, start } = first.moduleRequest
    const typeOnly = entries.every(({ isType }) => isType)
    return [{ specifier: value, start, typeOnly, reexported: true, open: false }]
  })
  return [...imported, ...passedOn]
}

/** `import(…)`, `require(…)`, and types that name their module. */
function otherReferences(text: string, parsed: ParseResult): Reference[] {
  const expressions = parsed.module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
    ...constant(text.slice(start, end)),
    start,
    typeOnly: false,
    reexported: false,
  }))
  const calls = text.match(/\bimport\s*\(/g)?.length ?? 0
  if (calls <= expressions.length && !/\brequire\s*\(/.test(text)) return expressions
  const found: Reference[] = []
  walk(parsed.program, (node) => {
    const named = moduleNamedBy(node)
    if (named?.type !== "Literal" || typeof named.value !== "string") return
    const typeOnly = node.type === "TSImportType"
    const { value: specifier, start } = named
    found.push({ specifier, start, typeOnly, reexported: false, open: false })
  })
  return [...expressions, ...found]
}

function moduleNamedBy(node: Node): Node | undefined {
  if (node.type === "TSImportType") return node.source
  if (node.type === "TSExternalModuleReference") return node.expression
  const isRequire =
    node.type === "CallExpression" &&
    node.callee.type === "Identifier" &&
    node.callee.name === "require"
  return isRequire ? node.arguments[0] : undefined
}

/** What an argument of `import(…)` is for certain. */
function constant(argument: string): Pick<Reference, "specifier" | "open"> {
  const [, quoted] = /^"([^"\\]*)"$|^'([^'\\]*)'$/.exec(argument)?.filter(Boolean) ?? []
  if (quoted !== undefined) return { specifier: quoted, open: false }
  const template = /^`([^`\\$]*)(\$\{)?/.exec(argument)
  const hole = template !== null && (template[2] !== undefined || !argument.endsWith("`"))
  return { specifier: template?.[1] ?? "", open: template === null || hole }
}

function namesOf({ staticImports, staticExports }: EcmaScriptModule) {
  const imports = new Map<string, Binding>()
  for (const { moduleRequest, entries } of staticImports) {
    for (const { importName, localName, isType } of entries) {
      if (isType) continue
      imports.set(localName.value, { specifier: moduleRequest.value, name: nameIn(importName) })
    }
  }
  const exports = new Map<string, string | Binding>()
  const stars: string[] = []
  for (const { moduleRequest, importName, localName, exportName, isType } of staticExports.flatMap(
    ({ entries }) => entries,
  )) {
    if (isType) continue
    const name = String(exportName.kind) === "Default" ? "default" : exportName.name
    if (moduleRequest === null) {
      if (name !== null && localName.name !== null) exports.set(name, localName.name)
    } else if (name === null) stars.push(moduleRequest.value)
    else exports.set(name, { specifier: moduleRequest.value, name: nameIn(importName) })
  }
  return { imports, exports, stars }
}

const nameIn = ({ kind, name }: { readonly kind: string; readonly name: string | null }): string =>
  name ?? (kind === "Default" ? "default" : "*")

export const isProblem = (value: Module | Problem): value is Problem => "rule" in value

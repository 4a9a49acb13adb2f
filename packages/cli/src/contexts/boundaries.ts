import { existsSync, statSync } from "node:fs"
import { dirname, join, relative, resolve, sep } from "node:path"
import type { ContextConfig } from "../config.ts"
import type { LoadedConfig } from "../load-config.ts"
import { configPlaces } from "./config-places.ts"
import type { Problem } from "./problem.ts"

/** A context as it is declared, with whole paths. */
export interface Context {
  readonly name: string
  readonly paths: readonly string[]
  readonly faces: ReadonlySet<string>
  readonly uses: ReadonlySet<string>
  /** Names of tables. */
  readonly tables: ReadonlySet<string>
  readonly shares: ReadonlySet<string>
}

/** Whose a file is: a context's, everybody's (`"shared"`), or of the rest of the app. */
export type Owner = Context | "shared" | "outside"

/** What a configuration declares, ready to be asked. */
export interface Boundaries {
  readonly root: string
  readonly contexts: ReadonlyMap<string, Context>
  /** Files and folders to check, and those to leave out. */
  readonly sources: ReadonlySet<string>
  readonly excluded: ReadonlySet<string>
  readonly sharedTables: ReadonlySet<string>
  /** Whether a type of another context's face is nobody's dependency. */
  readonly freeTypes: boolean
  /** Null for what is not among the sources. */
  ownerOf(file: string): Owner | null
  /** A problem of the configuration itself, by the way to what is wrong in it. */
  refuse(way: readonly string[], message: string, hint: string, rule?: Problem["rule"]): Problem
}

/** Reads what is declared; what cannot hold is among the problems. */
export function boundariesOf({ root, file, config }: LoadedConfig): {
  readonly boundaries: Boundaries
  readonly problems: readonly Problem[]
} {
  const { contexts: declared = {}, boundaries: rules = {} } = config
  const placeOf = configPlaces(file)
  const problems: Problem[] = []
  const refuse: Boundaries["refuse"] = (way, message, hint, rule = "config") => ({
    rule,
    file,
    ...placeOf(way),
    message,
    hint,
  })
  const inRoot = (path: string) => resolve(root, path)
  const there = (path: string, way: readonly string[]): string => {
    const whole = inRoot(path)
    if (!existsSync(whole))
      problems.push(refuse([...way, path], `there is no ${path}`, `It is looked for in ${root}.`))
    return whole
  }

  const owners = new Map<string, Owner>()
  const own = (path: string, owner: Owner, way: readonly string[]) => {
    const before = owners.get(path)
    if (before !== undefined) {
      const message = `${relative(root, path)} is declared twice: as ${called(before)} and as ${called(owner)}`
      problems.push(refuse(way, message, "Leave one of them out."))
    }
    owners.set(path, owner)
  }

  const contexts = new Map<string, Context>()
  for (const [name, given] of Object.entries(declared)) {
    const way = ["contexts", name]
    const paths = list(given.path).map((path) => there(path, [...way, "path"]))
    const faces = new Set(
      given.face === undefined
        ? paths.map(defaultFace)
        : list(given.face).map((path) => there(path, [...way, "face"])),
    )
    for (const face of faces) {
      if (paths.some((path) => face === path || face.startsWith(path + sep))) continue
      const message = `the face ${relative(root, face)} is not in ${name}`
      problems.push(refuse([...way, "face"], message, "Add it to the context's path."))
    }
    const context = {
      name,
      paths,
      faces,
      uses: new Set(given.uses),
      tables: new Set(given.tables),
      shares: new Set(given.shares),
    }
    contexts.set(name, context)
    for (const path of paths) own(path, context, [...way, "path"])
  }
  problems.push(...wrongUses(declared, refuse))

  const shared = (rules.shared ?? []).map((path) => there(path, ["boundaries", "shared"]))
  for (const path of shared) own(path, "shared", ["boundaries", "shared"])
  const sources = (rules.sources ?? ["src"]).map((path) => there(path, ["boundaries", "sources"]))
  const excluded = (rules.exclude ?? []).map((path) => there(path, ["boundaries", "exclude"]))

  const known = new Map<string, Owner | null>(sources.map((path) => [path, "outside"]))
  for (const path of excluded) known.set(path, null)
  for (const [path, owner] of owners) known.set(path, owner)
  const ownerOf = (path: string): Owner | null => {
    const before = known.get(path)
    if (before !== undefined) return before
    const parent = dirname(path)
    const owner = parent === path ? null : ownerOf(parent)
    known.set(path, owner)
    return owner
  }
  const boundaries: Boundaries = {
    root,
    contexts,
    sources: new Set([...sources, ...owners.keys()]),
    excluded: new Set(excluded),
    sharedTables: new Set(rules.sharedTables),
    freeTypes: rules.typeImports !== "declared",
    ownerOf,
    refuse,
  }
  return { boundaries, problems }
}

const list = (given: string | readonly string[]): readonly string[] =>
  typeof given === "string" ? [given] : given

const called = (owner: Owner): string => (typeof owner === "string" ? owner : owner.name)

function defaultFace(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path
  const faces = ["index.ts", "index.tsx", "index.mts", "index.js", "index.mjs"]
  return join(path, faces.find((name) => existsSync(join(path, name))) ?? "index.ts")
}

/** Contexts that use what is not there, themselves, or each other in a circle. */
function wrongUses(
  declared: Readonly<Record<string, ContextConfig>>,
  refuse: Boundaries["refuse"],
): Problem[] {
  const problems: Problem[] = []
  const names = Object.keys(declared)
  const uses = new Map(
    Object.entries(declared).map(([name, { uses = [] }]) => [name, uses] as const),
  )
  for (const [name, used] of uses) {
    for (const other of used) {
      const way = ["contexts", name, "uses", other]
      if (other === name) problems.push(refuse(way, `${name} uses itself`, "Leave it out."))
      else if (!uses.has(other))
        problems.push(
          refuse(
            way,
            `${name} uses ${other}, which is no context`,
            `There are ${names.join(", ")}.`,
          ),
        )
    }
  }
  for (const circle of circles(uses)) {
    const [first = "", second = ""] = circle
    const hint =
      "Let one of them tell the other by an event, or move what both need into a context below them."
    const way = ["contexts", first, "uses", second]
    problems.push(refuse(way, `contexts use each other: ${circle.join(" → ")}`, hint, "cycle"))
  }
  return problems
}

/** The circles of a graph, each as the way that leads back to its start; of circles that share an edge, one. */
function circles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = []
  const done = new Set<string>()
  const visit = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name)
    if (start !== -1) found.push([...trail.slice(start), name])
    if (start !== -1 || done.has(name)) return
    for (const next of edges.get(name) ?? []) if (next !== name) visit(next, [...trail, name])
    done.add(name)
  }
  for (const name of edges.keys()) visit(name, [])
  return found
}

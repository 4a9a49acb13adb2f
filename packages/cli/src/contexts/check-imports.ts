import { dirname, relative, resolve as resolvePath } from "node:path"
import type { Boundaries, Context, Owner } from "./boundaries.ts"
import type { Module, Reference } from "./modules.ts"
import { positionAt } from "./position.ts"
import type { Problem, Rule } from "./problem.ts"
import type { ResolveModule } from "./resolve-module.ts"

/** That one context imports another's face. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

export interface ImportsReport {
  readonly problems: readonly Problem[]
  readonly edges: readonly Edge[]
}

/** What the imports of the modules say against the boundaries, and which contexts they join. */
export function checkImports(
  boundaries: Boundaries,
  modules: ReadonlyMap<string, Module>,
  resolve: ResolveModule,
): ImportsReport {
  const problems: Problem[] = []
  const edges: Edge[] = []
  for (const module of modules.values()) {
    const from = boundaries.ownerOf(module.file)
    if (from === null) continue
    for (const reference of module.references) {
      const found = wrong({ boundaries, module, from, reference, resolve, edges })
      if (found === null) continue
      const place = positionAt(module.text, reference.start)
      problems.push({ file: module.file, ...place, ...found })
    }
  }
  return { problems, edges }
}

type Found = { readonly rule: Rule; readonly message: string; readonly hint: string }

interface Asked {
  readonly boundaries: Boundaries
  readonly module: Module
  readonly from: Owner
  readonly reference: Reference
  readonly resolve: ResolveModule
  readonly edges: Edge[]
}

function wrong({ boundaries, module, from, reference, resolve, edges }: Asked): Found | null {
  const { specifier, typeOnly, open, reexported } = reference
  if (open && !specifier.startsWith(".")) return from === "outside" ? null : unknownImport()
  // of what is computed, the folder in which it begins is known
  const file = open ? folderOf(specifier, module.file) : resolve(specifier, module.file)
  const to = file === null ? null : boundaries.ownerOf(file)
  if (file === null || to === null || to === from) return null
  const free = typeOnly && boundaries.freeTypes
  const shown = relative(boundaries.root, file)
  if (typeof to === "string") {
    if (from === "outside" || to === "shared" || free) return null
    return outsideImport(nameOf(from), shown)
  }
  if (!to.faces.has(file)) return privateImport(boundaries, to, shown)
  if (from === "outside") return null
  if (from === "shared") return free ? null : sharedImport(to)
  edges.push({ from: from.name, to: to.name, typeOnly: free })
  if (reexported && !free) return reExport(from, to)
  return free || from.uses.has(to.name) ? null : undeclaredUse(from, to)
}

const folderOf = (specifier: string, from: string): string =>
  resolvePath(dirname(from), specifier.slice(0, specifier.lastIndexOf("/") + 1))

const nameOf = (owner: Owner): string =>
  typeof owner === "string" ? "what is shared by contexts" : owner.name

const privateImport = ({ root }: Boundaries, to: Context, shown: string): Found => ({
  rule: "private-import",
  message: `${shown} is inside of ${to.name}`,
  hint: `Import ${[...to.faces].map((face) => relative(root, face)).join(" or ")}, and let it export what others need.`,
})
const undeclaredUse = (from: Context, to: Context): Found => ({
  rule: "undeclared-use",
  message: `${from.name} does not say that it uses ${to.name}`,
  hint: `Add "${to.name}" to uses of ${from.name} in the configuration, or do without it.`,
})
const reExport = (from: Context, to: Context): Found => ({
  rule: "re-export",
  message: `${from.name} passes on what ${to.name} exports`,
  hint: `Let whoever needs it import ${to.name}: a name has one home.`,
})
const outsideImport = (from: string, shown: string): Found => ({
  rule: "outside-import",
  message: `${from} imports ${shown}, which belongs to the app around the contexts`,
  hint: "Pass in what it needs from there, move it into the context, or name it in boundaries.shared.",
})
const sharedImport = (to: Context): Found => ({
  rule: "shared-import",
  message: `what is shared by contexts imports ${to.name}`,
  hint: "Import its types only, or take the file out of boundaries.shared.",
})
const unknownImport = (): Found => ({
  rule: "unknown-import",
  message: "nobody can tell where this import leads",
  hint: 'Write where it leads, or at least where it begins: "./formats/pdf.ts", `./formats/…`.',
})

import { posix } from "node:path"
import type { Manifest } from "./workspace.ts"

/** A package may depend only on names to its left, whether at run time, for types or in tests. */
export const order =
  "telemetry core store html router schema pubsub plug channels repo migrations cache services assets endpoint live components auth jobs monitor release dashboard testing cli".split(
    " ",
  )

const scope = "@bennu/"

/** What the manifest says against the order. */
export function wrongDependencies(name: string, manifest: Manifest): string[] {
  const { dependencies, peerDependencies, devDependencies } = manifest
  const at = order.indexOf(name)
  if (at === -1) return [`${name} has no place in the order`]
  return Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies })
    .filter((dependency) => dependency.startsWith(scope))
    .filter((dependency) => {
      const other = order.indexOf(dependency.slice(scope.length))
      return other === -1 || other >= at
    })
    .map((dependency) => `${name} depends on ${dependency}, which is not to its left`)
}

const specifiers =
  /^\s*(?:import|export)\b[^"'`;]*?\bfrom\s*"([^"]+)"|^\s*import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm

/** The modules that a source names. */
export const imports = (text: string): string[] =>
  [...text.matchAll(specifiers)].map((match) => match[1] ?? match[2] ?? match[3] ?? "")

/** What a package's sources say against its manifest, or against its neighbours' privacy. */
export function wrongImports(
  name: string,
  manifest: Manifest,
  sources: ReadonlyMap<string, string>,
): string[] {
  const { dependencies, peerDependencies, devDependencies } = manifest
  const declared = new Set(Object.keys({ ...dependencies, ...peerDependencies }))
  const inTests = new Set([...declared, ...Object.keys(devDependencies ?? {})])
  return [...sources].flatMap(([path, text]) =>
    imports(text).flatMap((specifier) => {
      if (specifier.startsWith(".")) {
        const target = posix.join(posix.dirname(path), specifier)
        return target.startsWith("..")
          ? [`${name}/${path} reaches out of its package: ${specifier}`]
          : []
      }
      if (!specifier.startsWith(scope)) return []
      const [, other = "", ...inside] = specifier.split("/")
      if (inside.includes("internal") || inside.includes("src")) {
        return [`${name}/${path} imports what is internal to ${other}: ${specifier}`]
      }
      if (other === name || (path.includes(".test") ? inTests : declared).has(scope + other))
        return []
      return [`${name}/${path} imports ${specifier}, which its manifest does not declare`]
    }),
  )
}

const typeOnly = /^\s*(?:import|export) type\b[^"'`;]*?\bfrom\s*"[^"]+"/gm

/**
 * The circles among a package's own files, each as the path that leads back to its start. Two files may name each
 * other's types: those imports are erased, and what is loaded still has an order.
 */
export function circles(sources: ReadonlyMap<string, string>): string[] {
  const edges = new Map(
    [...sources].map(([path, text]) => [
      path,
      imports(text.replaceAll(typeOnly, ""))
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => posix.join(posix.dirname(path), specifier)),
    ]),
  )
  const found: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start !== -1) found.push([...trail.slice(start), path].join(" → "))
    if (start !== -1 || done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of edges.keys()) visit(path, [])
  return found
}

import { PatternError, StaticPathError } from "./errors.ts"
import { joinPatterns } from "./join-patterns.ts"
import { type Pattern, parsePattern } from "./pattern.ts"
import { writePath } from "./write-path.ts"

/** What a build calls its files: by the names in the sources, as text or, as in Vite's `manifest.json`, with more about each. */
export type StaticManifest = Readonly<Record<string, string | { readonly file: string }>>

export interface StaticPathsOptions {
  /** Where the files are served: a path, or the address of another host such as a CDN (`"/"`). */
  readonly base?: string | undefined
}

/**
 * Names the static files of an app by a build's manifest: what the build did not make does not compile, and a link to it is
 * refused. All addresses are written once, when the app starts.
 * @throws {PathParameterError} when a file of the manifest would lead elsewhere; {@link PatternError} when `base` is neither
 * path nor address; {@link StaticPathError} from the result, for a file that there is not.
 * @example staticPaths({ "app.css": "app-5f3a.css" }, { base: "/assets" })("app.css") // "/assets/app-5f3a.css"
 */
export function staticPaths<const M extends StaticManifest>(
  manifest: M,
  { base = "/" }: StaticPathsOptions = {},
): (name: keyof M & string) => string {
  const { origin, pattern } = readBase(base)
  const addresses = new Map(
    Object.entries(manifest).map(([name, made]) => {
      const file = typeof made === "string" ? made : made.file
      return [name, origin + writePath(pattern, { "*": file })]
    }),
  )
  return (name) => {
    const address = addresses.get(name)
    if (address === undefined) throw new StaticPathError(name, [...addresses.keys()])
    return address
  }
}

function readBase(base: string): { readonly origin: string; readonly pattern: Pattern } {
  const { origin, path } = base.startsWith("/") ? { origin: "", path: base } : elsewhere(base)
  const pattern = parsePattern(joinPatterns(path, "/*"))
  if (pattern.names.length > 1) throw noPlace(base)
  return { origin, pattern }
}

function elsewhere(base: string): { readonly origin: string; readonly path: string } {
  const url = URL.parse(base)
  // what is written otherwise than a URL writes itself is read otherwise than it looks
  const isPlain = url !== null && [url.href, url.origin].includes(base)
  if (!isPlain || !/^https?:$/.test(url.protocol)) throw noPlace(base)
  if (url.search !== "" || url.hash !== "" || url.username !== "") throw noPlace(base)
  return { origin: url.origin, path: url.pathname }
}

function noPlace(base: string): PatternError {
  const hint = 'Write "/assets", or "https://cdn.example.com/assets".'
  return new PatternError(base, "is no place that files are found below", { hint })
}

import { readFile } from "node:fs/promises"
import type { SourceMap } from "magic-string"
import { compileJsx } from "./compile-jsx.ts"

export interface JsxPluginOptions {
  /** Which files are compiled (`/\.[jt]sx$/`). */
  readonly include?: RegExp | undefined
}

/** As much of Vite's plugins as this one is. */
export interface VitePlugin {
  readonly name: string
  readonly enforce: "pre"
  transform(code: string, id: string): { code: string; map: SourceMap } | null
}

/** As much of esbuild's plugins as this one is. */
export interface EsbuildPlugin {
  readonly name: string
  setup(build: {
    onLoad(
      options: { readonly filter: RegExp },
      load: (args: { readonly path: string }) => Promise<{
        readonly contents: string
        readonly loader: "tsx"
      }>,
    ): void
  }): void
}

const INCLUDE = /\.[jt]sx$/

/** Compiles TSX to `html` templates in Vite: `plugins: [bennuJsx()]`. */
export function bennuJsx({ include = INCLUDE }: JsxPluginOptions = {}): VitePlugin {
  return {
    name: "bennu-jsx",
    enforce: "pre",
    transform(code, id) {
      const [file = id] = id.split("?", 1)
      if (!include.test(file) || file.includes("/node_modules/")) return null
      const compiled = compileJsx(file, code)
      if (compiled === null) return null
      return {
        code: compiled.code,
        map: compiled.source.generateMap({ source: file, hires: true }),
      }
    },
  }
}

/** Compiles TSX to `html` templates in esbuild: `plugins: [bennuJsxForEsbuild()]`. */
export function bennuJsxForEsbuild({ include = INCLUDE }: JsxPluginOptions = {}): EsbuildPlugin {
  return {
    name: "bennu-jsx",
    setup(build) {
      build.onLoad({ filter: include }, async ({ path }) => {
        const code = await readFile(path, "utf8")
        const compiled = compileJsx(path, code)
        if (compiled === null) return { contents: code, loader: "tsx" }
        const map = compiled.source.generateMap({ source: path, includeContent: true, hires: true })
        return {
          contents: `${compiled.code}\n//# sourceMappingURL=${map.toUrl()}`,
          loader: "tsx",
        }
      })
    },
  }
}

import { existsSync } from "node:fs"
import { readFile, rename, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { promisify } from "node:util"
import { brotliCompress, gzip, zstdCompress } from "node:zlib"
import { makeDirectory } from "@bennu/core"
import { staticPaths } from "@bennu/router"
import { build } from "esbuild"

const encodings = [
  [".br", promisify(brotliCompress)],
  [".zst", promisify(zstdCompress)],
  [".gz", promisify(gzip)],
] as const

export interface Assets {
  readonly dir: string
  /** The address of a file as it was built. */
  readonly file: (name: "app.css" | "app.js") => string
}

/** Bundles the page's script and style into `dir`, under names that change with their content, and compresses them once. */
export async function buildAssets(dir: string): Promise<Assets> {
  makeDirectory(dir)
  const { metafile } = await build({
    entryPoints: ["app.ts", "app.css"].map((name) => join(import.meta.dirname, "assets", name)),
    outdir: dir,
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    sourcemap: true,
    format: "iife",
    target: "es2022",
    metafile: true,
  })
  for (const file of Object.keys(metafile.outputs)) {
    const bytes = await readFile(file)
    for (const [ending, compress] of encodings) {
      // what has this name has this content, and takes longer to compress than all else here
      if (existsSync(file + ending)) continue
      // somebody may kill us meanwhile
      const partial = `${file + ending}.${process.pid}`
      await writeFile(partial, await compress(bytes))
      await rename(partial, file + ending)
    }
  }
  const built = (extension: string) => {
    const file = Object.keys(metafile.outputs).find((output) => output.endsWith(extension))
    if (file === undefined) throw new Error(`esbuild made no ${extension}`)
    return basename(file)
  }
  const manifest = { "app.css": built(".css"), "app.js": built(".js") }
  return { dir, file: staticPaths(manifest, { base: "/assets" }) }
}

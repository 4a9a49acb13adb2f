import { mkdir, rm } from "node:fs/promises"
import { basename, join } from "node:path"
import { build } from "esbuild"

export interface Assets {
  readonly dir: string
  readonly js: string
  readonly css: string
}

/** Bundles the page's script and style into `dir`, under names that change with their content. */
export async function buildAssets(dir: string): Promise<Assets> {
  await rm(dir, { recursive: true, force: true })
  await mkdir(dir, { recursive: true })
  const { metafile } = await build({
    entryPoints: ["app.ts", "app.css"].map((name) => join(import.meta.dirname, "assets", name)),
    outdir: dir,
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    metafile: true,
  })
  const named = (extension: string) => {
    const file = Object.keys(metafile.outputs).find((output) => output.endsWith(extension))
    if (file === undefined) throw new Error(`esbuild made no ${extension}`)
    return `/assets/${basename(file)}`
  }
  return { dir, js: named(".js"), css: named(".css") }
}

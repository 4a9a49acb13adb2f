import { mkdir, rm } from "node:fs/promises"
import { basename, join } from "node:path"
import { clientHooks, hooksModule } from "@bennu/live"
import { build, type Plugin } from "esbuild"
import { lessons } from "./tour.ts"

export interface Assets {
  readonly dir: string
  readonly js: string
  readonly css: string
}

/** The hooks that stand beside their markup, for `import { hooks } from "colocated-hooks"`. */
const colocatedHooks: Plugin = {
  name: "colocated-hooks",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^colocated-hooks$/ }, ({ path }) => ({ path, namespace: "hooks" }))
    onLoad({ filter: /.*/, namespace: "hooks" }, () => ({
      contents: hooksModule(clientHooks({ routes: lessons.map(({ route }) => route) })),
    }))
  },
}

/** Bundles the page's script and style into `dir`, under names that change with their content. */
export async function buildAssets(dir: string): Promise<Assets> {
  await rm(dir, { recursive: true, force: true })
  await mkdir(dir, { recursive: true })
  const { metafile } = await build({
    entryPoints: ["app.ts", "app.css"].map((name) => join(import.meta.dirname, "assets", name)),
    outdir: dir,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    // the packages of this repository run as they are written
    conditions: ["@bennu/source"],
    // what only one page needs, a chart or an editor, is loaded by that page
    splitting: true,
    format: "esm",
    minify: true,
    sourcemap: true,
    target: "es2022",
    metafile: true,
    plugins: [colocatedHooks],
  })
  const named = (entry: string) => {
    const found = Object.entries(metafile.outputs).find(([, { entryPoint }]) =>
      entryPoint?.endsWith(`assets/${entry}`),
    )
    if (!found) throw new Error(`esbuild made nothing of ${entry}`)
    return `/assets/${basename(found[0])}`
  }
  return { dir, js: named("app.ts"), css: named("app.css") }
}

import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { build } from "esbuild"

/** A file as it is sent. */
export interface ServedFile {
  readonly type: string
  readonly body: string
}

const assets = join(import.meta.dirname, "assets")

/** The page, its style and its script, by path. */
export async function buildFiles(): Promise<ReadonlyMap<string, ServedFile>> {
  const { outputFiles } = await build({
    entryPoints: [join(assets, "chat.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    // within this repository, packages are bundled from their sources
    conditions: ["@bennu/source"],
    write: false,
  })
  const read = (name: string) => readFile(join(assets, name), "utf8")
  return new Map([
    ["/", { type: "text/html; charset=utf-8", body: await read("chat.html") }],
    ["/chat.css", { type: "text/css; charset=utf-8", body: await read("chat.css") }],
    ["/chat.js", { type: "text/javascript; charset=utf-8", body: outputFiles[0]?.text ?? "" }],
  ])
}

import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { homedir } from "node:os"
import { dirname, join } from "node:path"
import { pipeline } from "node:stream/promises"
import { fileURLToPath } from "node:url"
import { createBrotliDecompress } from "node:zlib"
import { chromium } from "playwright/test"

/** Unpacks the Chromium (headless shell, linux x64) that the package @sparticuz/chromium has. */
async function unpacked(): Promise<string> {
  const home = join(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "..")
  const { version } = JSON.parse(await readFile(join(home, "package.json"), "utf8")) as {
    version: string
  }
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "bennu")
  const path = join(cache, `chromium-${version}`, "chromium")
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true })
    const partial = `${path}.${process.pid}`
    await pipeline(
      createReadStream(join(home, "bin/chromium.br")),
      createBrotliDecompress(),
      createWriteStream(partial, { mode: 0o755 }),
    )
    renameSync(partial, path)
  }
  return path
}

/** CHROMIUM_PATH, else Playwright's own browser, else the bundled one, else the system's. */
export async function browser(): Promise<string | undefined> {
  const { CHROMIUM_PATH } = process.env
  if (CHROMIUM_PATH) return CHROMIUM_PATH
  if (existsSync(chromium.executablePath())) return undefined
  if (process.platform === "linux" && process.arch === "x64") return unpacked()
  const system = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path))
  if (system === undefined)
    throw new Error("no Chromium: run `npx playwright install chromium` or set CHROMIUM_PATH")
  return system
}

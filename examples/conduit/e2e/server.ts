import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { freePort, type RunningApp, startApp } from "bennu-testkit"

const main = join(import.meta.dirname, "../src/main.ts")
const root = join(import.meta.dirname, "../../..")

/** Starts Conduit; rejects with what it said when it did not start. */
export const start = (env: Record<string, string>): Promise<RunningApp> => startApp(main, env)

/** A data directory of its own, with the seeds already in it: copied from one that is made once. */
export async function dataDirectory(): Promise<string> {
  const seeded = join(root, "node_modules/.cache/conduit-e2e", String(process.ppid))
  if (!existsSync(seeded)) {
    mkdirSync(dirname(seeded), { recursive: true })
    const partial = mkdtempSync(`${seeded}-`)
    await (await start({ PORT: "0", DATA_DIR: partial })).stop()
    try {
      renameSync(partial, seeded)
    } catch {
      // the other worker was faster
      rmSync(partial, { recursive: true })
    }
  }
  const own = mkdtempSync(join(tmpdir(), "conduit-"))
  cpSync(seeded, own, { recursive: true })
  return own
}

/** One server that can be taken down and brought back at the same address with the same data. */
export async function conduit(env: Record<string, string> = {}) {
  const DATA_DIR = await dataDirectory()
  const PORT = String(await freePort())
  const again = () => start({ DATA_DIR, PORT, ...env })
  let run = await again()
  return {
    url: run.url,
    env: { DATA_DIR, PORT },
    kill: () => run.kill(),
    stop: () => run.stop(),
    async restart() {
      run = await again()
    },
    async [Symbol.asyncDispose]() {
      await run.kill()
      rmSync(DATA_DIR, { recursive: true, force: true })
    },
  }
}

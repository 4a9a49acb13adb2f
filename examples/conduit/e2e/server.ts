import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort, type RunningApp, startApp } from "bennu-testkit"

const main = join(import.meta.dirname, "../src/main.ts")
const root = join(import.meta.dirname, "../../..")

/** Starts Conduit; rejects with what it said when it did not start. */
export const start = (env: Record<string, string>): Promise<RunningApp> => startApp(main, env)

const seeded = join(root, "node_modules/.cache/conduit-e2e/data")

/** Makes the data that each server of the tests starts with, once for all of them. */
export default async function seed(): Promise<void> {
  rmSync(seeded, { recursive: true, force: true })
  await (await start({ PORT: "0", DATA_DIR: seeded })).stop()
}

/** A data directory of its own, with the seeds already in it. */
export function dataDirectory(): string {
  const own = mkdtempSync(join(tmpdir(), "conduit-"))
  cpSync(seeded, own, { recursive: true })
  return own
}

/** One server that can be taken down and brought back at the same address with the same data. */
export async function conduit(env: Record<string, string> = {}) {
  const DATA_DIR = dataDirectory()
  const PORT = String(await freePort())
  const again = (more = env) => start({ DATA_DIR, PORT, ...more })
  let run = await again()
  return {
    url: run.url,
    env: { DATA_DIR, PORT },
    kill: () => run.kill(),
    stop: () => run.stop(),
    /** Comes back with the same environment, or with another one. */
    async restart(other?: Record<string, string>) {
      run = await again(other)
    },
    async [Symbol.asyncDispose]() {
      await run.kill()
      rmSync(DATA_DIR, { recursive: true, force: true })
    },
  }
}

import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort, type RunningApp, startApp } from "bennu-testkit"

const main = join(import.meta.dirname, "../src/main.ts")

/** Starts Conduit; rejects with what it said when it did not start. */
export const start = (env: Record<string, string>): Promise<RunningApp> => startApp(main, env)

// what the setup of a run tells its workers: another run beside it has its own
const SEEDED = "CONDUIT_E2E_SEEDED"

/** Makes the data that each server of the tests starts with, once for all of them. */
export default async function seed(): Promise<() => void> {
  const seeded = mkdtempSync(join(tmpdir(), "conduit-seeded-"))
  process.env[SEEDED] = seeded
  await (await start({ PORT: "0", DATA_DIR: seeded })).stop()
  return () => rmSync(seeded, { recursive: true, force: true })
}

/** A data directory of its own, with the seeds already in it. */
export function dataDirectory(): string {
  const own = mkdtempSync(join(tmpdir(), "conduit-"))
  cpSync(process.env[SEEDED] ?? "", own, { recursive: true })
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

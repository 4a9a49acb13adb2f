import { spawn } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { freePort } from "bennu-testkit"

const main = join(import.meta.dirname, "../src/main.ts")
const root = join(import.meta.dirname, "../../..")

export interface Run {
  readonly url: string
  /** kill -9: nothing gets a chance to say goodbye. */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
}

/** Starts Conduit as `npm start` does; resolves once it says where it is, rejects with what it said instead. */
export function start(env: Record<string, string>): Promise<Run> {
  const child = spawn(process.execPath, ["--conditions=@bennu/source", main], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "development", ...env },
  })
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve))
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    return exited
  }
  return new Promise((resolve, reject) => {
    let said = ""
    const listen = (text: string) => {
      said += text
      const url = /Conduit is at (http\S+?)\/?\n/.exec(said)?.[1]
      if (url)
        resolve({ url, kill: async () => void (await end("SIGKILL")), stop: () => end("SIGTERM") })
    }
    child.stdout.setEncoding("utf8").on("data", listen)
    child.stderr.setEncoding("utf8").on("data", listen)
    void exited.then((code) => reject(new Error(`ended with ${code}: ${said}`)))
  })
}

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

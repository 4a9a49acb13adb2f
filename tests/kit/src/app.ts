import { spawn } from "node:child_process"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"

export interface RunningApp {
  /** Where it listens, without a slash at the end. */
  readonly url: string
  /** kill -9: nothing gets a chance to say goodbye. */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
}

const root = dirname(fileURLToPath(new URL("../..", import.meta.url)))

/** Starts an example's main file as `npm start` does; resolves once it says where it is, rejects with what it said instead. */
export function startApp(main: string, env: Readonly<Record<string, string>>): Promise<RunningApp> {
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
    const listen = (text: string): void => {
      said += text
      const url = / is at (http\S+?)\/?\n/.exec(said)?.[1]
      if (url === undefined) return
      resolve({ url, kill: async () => void (await end("SIGKILL")), stop: () => end("SIGTERM") })
    }
    child.stdout.setEncoding("utf8").on("data", listen)
    child.stderr.setEncoding("utf8").on("data", listen)
    void exited.then((code) => reject(new Error(`ended with ${code}: ${said}`)))
  })
}

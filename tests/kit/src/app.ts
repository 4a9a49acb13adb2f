import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { startProgram } from "./testing.ts"

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
export async function startApp(
  main: string,
  env: Readonly<Record<string, string>>,
): Promise<RunningApp> {
  const app = await startProgram(process.execPath, {
    args: ["--conditions=@bennu/source", main],
    cwd: root,
    env: { NODE_ENV: "development", ...env },
    ready: / is at (http\S+?)\/?\n/,
    readyTimeout: "2m",
    stopTimeout: "2m",
  })
  return {
    url: app.said?.[1] ?? "",
    kill: () => app.kill(),
    stop: async () => (await app.stop()).code,
  }
}

import { fork } from "node:child_process"
import { join } from "node:path"

export interface LocalRedis {
  readonly url: string
  stop(): void
}

/** A Redis of its own for as long as the chat runs, which keeps nothing; `null` where none is installed. */
export async function startRedis(): Promise<LocalRedis | null> {
  // in a group of its own, so that a terminal's interrupt leaves it to the nodes until they are done
  const keeper = fork(join(import.meta.dirname, "redis-keeper.ts"), { detached: true })
  const url = await new Promise<string | null>((resolve) => {
    keeper.once("message", (url) => resolve(String(url))).once("exit", () => resolve(null))
  })
  return url === null ? null : { url, stop: () => void keeper.kill() }
}

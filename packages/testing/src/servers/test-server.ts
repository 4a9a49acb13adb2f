import type { Program } from "../programs/program.ts"

/** A real server, thrown away after the test, that may be hurt. */
export interface TestServer extends AsyncDisposable {
  readonly url: string
  /** Connections stay open and nothing is answered, as if its machine stood still. */
  pause(): void
  resume(): void
  /** Ends it in the middle of whatever it does. */
  kill(): Promise<void>
  /** Starts it again at the same address; what it keeps on disk is still there. */
  start(): Promise<void>
  /** Ends it as whoever maintains it does, and starts it again. */
  restart(): Promise<void>
  /** Ends it for good; nothing is left of it. */
  stop(): Promise<void>
}

/** A server that `launch` starts, any number of times, at one address. */
export async function testServer(
  url: string,
  launch: () => Promise<Program>,
  remove: () => void = () => {},
): Promise<TestServer> {
  let program = await launch()
  const start = async () => {
    program = await launch()
  }
  const stop = async () => {
    await program.kill()
    remove()
  }
  return {
    url,
    pause: () => program.pause(),
    resume: () => program.resume(),
    kill: () => program.kill(),
    start,
    async restart() {
      await program.stop()
      await start()
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { afterEach, describe, expect, it, onTestFinished } from "vitest"

const face = JSON.stringify(new URL("./index.ts", import.meta.url).href)

/** An app in a process of its own that says `up` when it runs; `dispose` is the body of its child's disposal. */
const app = (dispose: string, keepAlive = true) => `
  import { supervisor } from ${face}
  const app = supervisor({ signals: true, shutdownTimeout: "10s" })
  await app.start({
    name: "child",
    async start() {
      const timer = setInterval(() => {}, 60_000)
      return { async [Symbol.asyncDispose]() { ${keepAlive ? "" : "clearInterval(timer);"} ${dispose} } }
    },
  })
  console.log("up")
`

describe("supervisor({ signals: true })", { timeout: 20_000 }, () => {
  let running: ChildProcess | undefined
  afterEach(() => void running?.kill("SIGKILL"))

  /** Runs an app; `lines` are what it prints, one at a time. */
  function run(source: string) {
    const args = ["--conditions=@bennu/source", "--input-type=module", "-e", source]
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] })
    running = child
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    const errors: Buffer[] = []
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk))
    const closed = once(child, "close")
    return {
      line: async () => (await lines.next()).value,
      kill: (signal: NodeJS.Signals) => child.kill(signal),
      async end() {
        const [code, signal] = await closed
        return { code, signal, errors: Buffer.concat(errors).toString() }
      },
    }
  }

  it.each(["SIGTERM", "SIGINT"] as const)("stops the app at %s and ends with 0", async (signal) => {
    const { line, kill, end } = run(app(`console.log("stopped")`, false))
    expect(await line()).toBe("up")
    kill(signal)
    expect(await line()).toBe("stopped")
    expect(await end()).toEqual({ code: 0, signal: null, errors: "" })
  })

  it("ends the process even if something keeps it alive", async () => {
    const { line, kill, end } = run(app(""))
    await line()
    kill("SIGTERM")
    expect(await end()).toMatchObject({ code: 0 })
  })

  it("ends with 1 and says why when the app did not stop cleanly", async () => {
    const { line, kill, end } = run(app(`throw new Error("disk full")`, false))
    await line()
    kill("SIGTERM")
    const { code, errors } = await end()
    expect(code).toBe(1)
    expect(errors).toContain("ERR_CORE_SHUTDOWN")
    expect(errors).toContain("disk full")
  })

  it("ends at once when it is asked again, by either signal", async () => {
    const { line, kill, end } = run(app(`console.log("stopping"); await new Promise(() => {})`))
    await line()
    kill("SIGTERM")
    expect(await line()).toBe("stopping")
    const again = setInterval(() => kill("SIGINT"), 50)
    onTestFinished(() => clearInterval(again))
    expect(await end()).toMatchObject({ code: 130 })
  })

  it("takes one signal that arrives twice for one: from a terminal and from a parent", async () => {
    const turns = `for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);`
    const { line, kill, end } = run(app(`${turns} console.log("stopped")`, false))
    await line()
    kill("SIGINT")
    kill("SIGTERM")
    expect(await line()).toBe("stopped")
    expect(await end()).toMatchObject({ code: 0 })
  })

  it("leaves signals alone unless asked, and after it stopped", async () => {
    const { supervisor } = await import("./index.ts")
    const before = process.listenerCount("SIGTERM")
    await using plain = supervisor()
    expect(process.listenerCount("SIGTERM")).toBe(before)
    const asked = supervisor({ signals: true })
    expect(process.listenerCount("SIGTERM")).toBe(before + 1)
    await asked.stop()
    expect(process.listenerCount("SIGTERM")).toBe(before)
    await plain.stop()
  })
})

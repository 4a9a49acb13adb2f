import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it, vi } from "vitest"
import { type ProgramOptions, startProgram } from "../index.ts"

// patience for a machine that is busy with other things
vi.setConfig({ testTimeout: 60_000 })
const soon = <T>(what: () => T) => expect.poll(what, { timeout: 20_000 })

const node = (code: string, options: ProgramOptions = {}) =>
  startProgram(process.execPath, { args: ["--eval", code], ...options })

const FOREVER = "setInterval(() => {}, 1000)"

describe("startProgram", () => {
  it("resolves once the program has said that it is ready, with what it said", async () => {
    await using program = await node(`console.log("listening on 4000");${FOREVER}`, {
      ready: /listening on (\d+)/,
    })
    expect(program.said?.[1]).toBe("4000")
    expect(program.output).toBe("listening on 4000\n")
  })

  it("takes what a program prints in pieces, and to standard error, as well", async () => {
    const code = `process.stderr.write("liste"); setTimeout(() => process.stderr.write("ning"), 20);${FOREVER}`
    await using program = await node(code, { ready: /listening/ })
    expect(program.said).not.toBeNull()
  })

  it("waits for the first message of one that talks to its parent", async () => {
    const code = `process.on("message", (word) => process.send(word + "!")); process.send("ready")`
    await using program = await node(code, { ready: "message" })
    const answer = new Promise((resolve) => program.child.once("message", resolve))
    program.child.send("hello")
    expect(await answer).toBe("hello!")
  })

  it("keeps only the last of what is printed", async () => {
    const code = `console.log("x".repeat(1000)); console.log("end");${FOREVER}`
    await using program = await node(code, { ready: /end/, maxOutput: 10 })
    expect(program.output).toBe("xxxxx\nend\n")
  })

  it("says what a program printed that ended before it was ready", async () => {
    const error = await node(`console.log("no port"); process.exit(3)`, { ready: /never/ }).catch(
      (error: unknown) => error,
    )
    expect(error).toMatchObject({
      code: "ERR_TESTING_PROGRAM_ENDED",
      output: "no port\n",
      message: expect.stringContaining("ended with 3"),
    })
  })

  it("gives up a program that is never ready, and ends it", async () => {
    const error = await startProgram("sh", {
      args: ["-c", "echo $$; exec sleep 1000"],
      ready: /never/,
      readyTimeout: "2s",
    }).catch((error) => error)
    expect(error).toMatchObject({ code: "ERR_TESTING_PROGRAM_NOT_READY" })
    await soon(() => isRunning(Number(error.output))).toBe(false)
  })

  it("rejects where there is no such program", async () => {
    await expect(startProgram("/no/such/program")).rejects.toMatchObject({ code: "ENOENT" })
  })

  it("refuses a time that is none", async () => {
    await expect(node("", { readyTimeout: Number.NaN })).rejects.toMatchObject({
      code: "ERR_CORE_OPTIONS",
    })
  })
})

describe("a program", () => {
  it("that is killed has no chance to say goodbye", async () => {
    const code = `process.on("SIGTERM", () => {}); process.on("exit", () => console.log("bye")); console.log("up");${FOREVER}`
    const program = await node(code, { ready: /up/ })
    await program.kill()
    expect(await program.exited).toEqual({ code: null, signal: "SIGKILL" })
    expect(program.output).toBe("up\n")
    await program.kill()
  })

  it("that is stopped may say it, and is killed when it takes too long", async () => {
    const polite = `process.on("SIGTERM", () => process.exit(7)); console.log("up");${FOREVER}`
    expect(await (await node(polite, { ready: /up/ })).stop()).toEqual({ code: 7, signal: null })
    const deaf = `process.on("SIGTERM", () => {}); console.log("up");${FOREVER}`
    const program = await node(deaf, { ready: /up/, stopTimeout: "50ms" })
    expect(await program.stop()).toEqual({ code: null, signal: "SIGKILL" })
  })

  it.skipIf(process.platform !== "linux")(
    "that is paused does nothing, its children neither, until it is resumed",
    async () => {
      const child = `setInterval(() => console.log("child"), 5)`
      const code = `require("node:child_process").spawn(process.execPath, ["--eval", ${JSON.stringify(child)}], { stdio: "inherit" }); process.on("exit", () => {})`
      await using program = await node(code, { ready: /child/, maxOutput: 1 << 20 })
      program.pause()
      // what was in the pipe arrives
      await still(() => program.output.length)
      const before = program.output.length
      program.resume()
      await soon(() => program.output.length).toBeGreaterThan(before)
      program.pause()
      // and one that is paused can be stopped nevertheless
      expect((await program.stop()).signal).toBe("SIGTERM")
    },
  )

  it("ends with whoever started it", async () => {
    const face = fileURLToPath(new URL("../index.ts", import.meta.url))
    const code = `
      const { startProgram } = await import(${JSON.stringify(face)})
      const program = await startProgram(process.execPath, { args: ["--eval", "setInterval(() => {}, 1000)"] })
      console.log("child", program.pid)
      process.exit(0)`
    const args = ["--conditions=@bennu/source", "--input-type=module", "--eval", code]
    const parent = await startProgram(process.execPath, { args, ready: /child (\d+)/ })
    await parent.exited
    const pid = Number(parent.said?.[1])
    await soon(() => isRunning(pid)).toBe(false)
  })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // one that nobody has asked for its exit code is dead all the same
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
  } catch {
    return false
  }
}

/** Resolves when a number has not changed for a while. */
async function still(count: () => number): Promise<void> {
  let before = -1
  while (before !== count()) {
    before = count()
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}

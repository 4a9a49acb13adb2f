import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { choose, openUploads, reads, until } from "../../fixtures/upload-page.ts"

// enough to be on its way for as long as that is slowed down
const content = "0123456789".repeat(20_000)
const program = fileURLToPath(new URL("../../fixtures/upload-server.ts", import.meta.url))

/** The program in a process of its own. */
async function start(dir: string) {
  const child = spawn(process.execPath, ["--conditions=@bennu/source", program, dir], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  const [line] = await once(child.stdout.setEncoding("utf8"), "data")
  const exited = once(child, "exit")
  async function kill() {
    child.kill("SIGKILL")
    await exited
  }
  return { url: new URL(String(line).trim()), kill, [Symbol.asyncDispose]: kill }
}

describe("what a process leaves behind that is killed while files come", () => {
  let dir = ""
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "bennu-killed-"))
  })
  afterEach(() => rm(dir, { recursive: true }))

  it("is removed by the next one, and nothing of those that run", async () => {
    await using running = await start(dir)
    using other = await openUploads(running.url)
    await using killed = await start(dir)
    using page = await openUploads(killed.url)
    for (const one of [page, other]) {
      one.window.eval("liveSocket.enableLatencySim(100)")
      choose(one, "file", [content, "a.txt"])
      await until(() => expect(Number(one.text("#progress"))).toBeGreaterThan(0))
    }
    expect(await readdir(dir)).toHaveLength(2)
    await killed.kill()
    expect(await readdir(dir)).toHaveLength(2)
    await using _next = await start(dir)
    await until(async () => expect(await readdir(dir)).toHaveLength(1))
    other.window.eval("liveSocket.disableLatencySim()")
    await reads(other, "#saved", content)
    await until(async () => expect(await readdir(dir)).toEqual([]))
  }, 120_000)

  it("is removed after a day where its process cannot be asked for, and nothing else ever", async () => {
    const days = (count: number) => new Date(Date.now() - count * 86_400_000)
    const folder = async (name: string, owner: string | null, age: number) => {
      await mkdir(join(dir, name))
      if (owner !== null) await writeFile(join(dir, name, "owner.json"), owner)
      await utimes(join(dir, name), days(age), days(age))
    }
    const elsewhere = JSON.stringify({
      pid: 1,
      boot: "x",
      namespace: "y",
      host: "elsewhere",
      started: "1",
    })
    await folder("bennu-uploads-old", elsewhere, 2)
    await folder("bennu-uploads-new", elsewhere, 0.5)
    await folder("bennu-uploads-odd", "{", 0.5)
    await folder("bennu-uploads-none", null, 2)
    await folder("mine", null, 2)
    await writeFile(join(dir, "bennu-uploads-file"), "")
    await using _server = await start(dir)
    const kept = ["bennu-uploads-file", "bennu-uploads-new", "bennu-uploads-odd", "mine"]
    await until(async () => expect((await readdir(dir)).sort()).toEqual(kept))
  }, 120_000)
})

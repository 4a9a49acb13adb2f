import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { openRepo } from "../index.ts"
import { failure } from "../testing/support.ts"
import { pglite } from "./pglite.ts"

const program = fileURLToPath(new URL("../testing/programs/hold-pglite.ts", import.meta.url))

describe("a directory of PGlite", { timeout: 60_000 }, () => {
  const home = mkdtempSync(join(tmpdir(), "bennu-pglite-"))
  chmodSync(home, 0o755)
  const running = new Set<ChildProcess>()
  afterEach(() => {
    for (const child of running) child.kill("SIGKILL")
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  /** Another process that opens it; what it says first. */
  async function hold(dir: string, ...more: string[]) {
    const args = ["--conditions=@bennu/source", program, dir, ...more]
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
    running.add(child)
    for await (const line of createInterface(child.stdout)) {
      const said: unknown = JSON.parse(line)
      return { child, said }
    }
    throw new Error("it said nothing")
  }
  // making a database takes seconds; a copy of one is as good
  beforeAll(async () => {
    await using _ = await open(join(home, "template"))
  }, 60_000)
  const copy = (name: string): string => {
    const dir = join(home, name)
    cpSync(join(home, "template"), dir, { recursive: true })
    return dir
  }
  const open = (dir: string) => openRepo({ driver: pglite({ dir }) }).start(AbortSignal.any([]))

  it("is refused to a second process, and whole after the first one was killed", async () => {
    const dir = copy("killed")
    const first = await hold(dir)
    expect(first.said).toEqual({ rows: 1 })
    expect(await failure(open(dir))).toMatchObject({
      code: "ERR_REPO_LOCKED",
      dir,
      pid: first.child.pid,
      message: `process ${first.child.pid} has the database in ${dir} open already`,
      hint: expect.stringContaining("DATABASE_URL"),
    })
    first.child.kill("SIGKILL")
    await once(first.child, "exit")
    const second = await hold(dir)
    expect(second.said).toEqual({ rows: 2 })
  })

  it("goes to one of several processes that start at once, a lock of a dead one in their way", async () => {
    const dir = copy("race")
    const dead = { pid: 1, boot: "earlier", namespace: "", host: hostname(), started: "" }
    writeFileSync(`${dir}.lock`, JSON.stringify(dead))
    const said = await Promise.all(Array.from({ length: 3 }, async () => (await hold(dir)).said))
    const locked = expect.objectContaining({ code: "ERR_REPO_LOCKED" })
    expect(said).toHaveLength(3)
    expect(said).toEqual(expect.arrayContaining([{ rows: 1 }, locked]))
    expect(said.filter((line) => Object(line).code === "ERR_REPO_LOCKED")).toHaveLength(2)
  })

  it("is refused a second time in one process, and free again when the repo was stopped", async () => {
    const dir = copy("same")
    const repo = await open(dir)
    expect(await failure(open(dir))).toMatchObject({
      code: "ERR_REPO_LOCKED",
      hint: "Open it once and pass the repo on.",
    })
    await repo[Symbol.asyncDispose]()
    await using again = await open(dir)
    expect((await again.sql.query("select 1 as n")).rows).toEqual([{ n: 1 }])
  })

  it("is made anew when the process that made it was killed halfway", async () => {
    const dir = join(home, "deep", "half")
    mkdirSync(join(`${dir}.new`, "base"), { recursive: true })
    writeFileSync(join(`${dir}.new`, "PG_VERSION"), "18")
    await using repo = await open(dir)
    expect((await repo.sql.query("select 1 as n")).rows).toEqual([{ n: 1 }])
    expect(readdirSync(join(home, "deep"))).toEqual(["half", "half.lock"])
  })

  it("that has other things in it is left alone", async () => {
    const dir = join(home, "mine")
    mkdirSync(dir)
    writeFileSync(join(dir, "letter.txt"), "Dear Ada")
    expect(await failure(open(dir))).toMatchObject({
      code: "ERR_REPO_DATA_DIRECTORY",
      message: expect.stringContaining("letter.txt"),
    })
    expect(readdirSync(dir)).toEqual(["letter.txt"])
    expect(readdirSync(home)).not.toContain("mine.lock")
  })

  it("that is damaged says so, and is not touched", async () => {
    const dir = join(home, "damaged")
    mkdirSync(dir)
    writeFileSync(join(dir, "PG_VERSION"), "12")
    expect(await failure(open(dir))).toMatchObject({
      code: "ERR_REPO_DATA_DIRECTORY",
      hint: expect.stringContaining("move the directory away"),
    })
  })

  it("says what it lacks: a path through a file, or the right to write", async () => {
    const file = join(home, "file")
    writeFileSync(file, "")
    const inFile = join(file, "db")
    expect(await failure(open(inFile))).toMatchObject({
      code: "ERR_REPO_DATA_DIRECTORY",
      dir: inFile,
      hint: expect.stringContaining(file),
    })
  })

  it.runIf(process.getuid?.() === 0 && !program.startsWith("/root"))(
    "says so when the user may not write there",
    async () => {
      const dir = join(home, "foreign")
      const { said } = await hold(dir, "65534")
      expect(said).toMatchObject({
        code: "ERR_REPO_DATA_DIRECTORY",
        hint: expect.stringContaining(home),
      })
    },
  )
})

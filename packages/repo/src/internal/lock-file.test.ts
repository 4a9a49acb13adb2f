import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ownIdentity } from "@bennu/core"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { takeLock } from "./lock-file.ts"

describe("takeLock", () => {
  let dir = ""
  let file = ""
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "bennu-lock-"))
    file = join(dir, "db.lock")
  })
  afterEach(() => rmSync(dir, { recursive: true }))
  const isTaken = (): boolean => "pid" in takeLock(file)
  const plant = (owner: object | string): void =>
    writeFileSync(file, typeof owner === "string" ? owner : JSON.stringify(owner))

  it("takes a lock once, and again when it was released", () => {
    const lock = takeLock(file)
    expect(takeLock(file)).toMatchObject({ pid: process.pid })
    if ("pid" in lock) throw new Error("not taken")
    lock[Symbol.dispose]()
    expect(isTaken()).toBe(false)
  })

  it("says who has it", () => {
    takeLock(file)
    expect(takeLock(file)).toEqual(ownIdentity())
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(ownIdentity())
  })

  it("takes over from a process that was killed", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"])
    await once(child, "spawn")
    plant({ ...ownIdentity(), pid: child.pid, started: "" })
    expect(isTaken()).toBe(true)
    child.kill("SIGKILL")
    await once(child, "exit")
    expect(isTaken()).toBe(false)
    expect(readdirSync(dir)).toEqual(["db.lock"])
  })

  it.each([
    ["a process of an earlier start of this machine", { ...ownIdentity(), boot: "earlier" }],
    ["another process that had the same number", { ...ownIdentity(), started: "1" }],
    ["an earlier life of this container", { ...ownIdentity(), namespace: "pid:[1]" }],
    ["nobody: it was never written to its end", '{"pid":'],
    ["nobody: it is empty", ""],
    ["nobody: it is something else", "[]"],
  ])("takes over from %s", (_, owner) => {
    plant(owner)
    expect(isTaken()).toBe(false)
    expect(takeLock(file)).toEqual(ownIdentity())
  })

  it("leaves alone what another machine or container may hold on a shared disk", () => {
    plant({ ...ownIdentity(), boot: "other", host: "other" })
    expect(isTaken()).toBe(true)
    // a container beside this one: its process has the number of one of ours
    plant({ ...ownIdentity(), namespace: "pid:[1]", host: "other", started: "1" })
    expect(isTaken()).toBe(true)
  })

  it("takes over although a process was killed while it took over", () => {
    plant("")
    writeFileSync(`${file}.clearing`, JSON.stringify({ ...ownIdentity(), boot: "earlier" }))
    expect(isTaken()).toBe(false)
    expect(readdirSync(dir)).toEqual(["db.lock"])
  })
})

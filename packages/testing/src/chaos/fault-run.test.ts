import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, vi } from "vitest"
import { clockSkew, type FaultFigure, faultRun, seeded } from "../chaos.ts"
import { startProgram } from "../index.ts"

// patience for a machine that is busy with other things
vi.setConfig({ testTimeout: 60_000 })

const figure: FaultFigure = {
  fault: "killed",
  sent: 100,
  atLeast: 50,
  found: { lost: 0 },
  measured: { nodes: 3 },
}

describe("faultRun", () => {
  it("prints a figure, keeps it, and says by which seed to repeat it", () => {
    const folder = mkdtempSync(join(tmpdir(), "bennu-fault-run-"))
    const log = vi.spyOn(console, "log").mockImplementation(() => {})
    try {
      const file = join(folder, "results.jsonl")
      faultRun({ FAULTS_SEED: "7", FAULTS_RESULTS: file }).report(figure)
      expect(log).toHaveBeenCalledWith("killed: sent 100; lost 0; nodes 3; seed 7")
      expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ ...figure, seed: 7 })
    } finally {
      log.mockRestore()
      rmSync(folder, { recursive: true })
    }
  })

  it.each([
    ["something was lost", { ...figure, found: { lost: 1 } }],
    ["a count is none", { ...figure, found: { lost: Number.NaN } }],
    ["too little was sent", { ...figure, sent: 49 }],
    ["nobody knows how much was sent", { ...figure, sent: Number.NaN }],
  ])("fails when %s", (_, wrong) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {})
    expect(() => faultRun({ FAULTS_SEED: "7" }).report(wrong)).toThrow(
      expect.objectContaining({ code: "ERR_TESTING_FAULT_FOUND", figure: wrong }),
    )
    log.mockRestore()
  })

  it("draws a seed unless one is given, and refuses what is none", () => {
    expect(faultRun({}).seed).toBeGreaterThanOrEqual(0)
    expect(faultRun({ FAULTS_QUICK: "1" })).toMatchObject({ quick: true, long: false })
    expect(faultRun({ FAULTS_LONG: "1" })).toMatchObject({ quick: false, long: true })
    expect(() => faultRun({ FAULTS_SEED: "x" })).toThrow(RangeError)
  })
})

describe("seeded", () => {
  it("gives the same numbers for the same seed, evenly spread over [0, 1)", () => {
    const numbers = (seed: number) => Array.from({ length: 1_000 }, seeded(seed))
    expect(numbers(1)).toEqual(numbers(1))
    expect(numbers(1)).not.toEqual(numbers(2))
    const tenths = Array.from({ length: 10 }, () => 0)
    for (const number of numbers(3)) {
      const tenth = Math.floor(number * 10)
      tenths[tenth] = (tenths[tenth] ?? Number.NaN) + 1
    }
    for (const count of tenths) expect(count).toBeGreaterThan(50)
  })
})

describe("clockSkew", () => {
  const HOUR = 3_600_000

  it.each([HOUR, -HOUR])("makes a program's clock %i ms wrong, and nothing else", async (by) => {
    const code = `console.log(JSON.stringify([
      Date.now(), new Date().getTime(), Date.parse(Date() ), new Date(0).toISOString(),
      new Date() instanceof Date, Date.UTC(1970, 0, 2), performance.now() < 60_000]))`
    const args = [...clockSkew(by), "--eval", code]
    const before = Date.now()
    await using program = await startProgram(process.execPath, { args, ready: /\n/ })
    const [now, made, said, ...rest] = JSON.parse(program.output)
    for (const time of [now, made, said]) {
      expect(time - by).toBeGreaterThanOrEqual(before - 1_000)
      expect(time - by).toBeLessThanOrEqual(Date.now())
    }
    expect(rest).toEqual(["1970-01-01T00:00:00.000Z", true, 86_400_000, true])
  })

  it("refuses what is no number", () => {
    expect(() => clockSkew(Number.NaN)).toThrow(RangeError)
  })
})

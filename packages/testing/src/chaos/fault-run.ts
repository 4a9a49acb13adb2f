import { appendFileSync } from "node:fs"
import { BennuError } from "@bennu/core"

/** One figure of a fault test: how much was sent, and how much of it came to grief. */
export interface FaultFigure {
  readonly fault: string
  readonly sent: number
  /** The least that had to be sent for the figure to mean something. */
  readonly atLeast: number
  /** What went wrong, by kind: `{ lost: 0, twice: 0 }`. */
  readonly found: Readonly<Record<string, number>>
  /** What is worth knowing and is no fault: `{ nodes: 3, outage: "641 ms" }`. */
  readonly measured?: Readonly<Record<string, number | string>> | undefined
}

/** A fault test found what must not be, or sent too little to find it. */
export class FaultFoundError extends BennuError {
  readonly code = "ERR_TESTING_FAULT_FOUND"
  readonly figure: FaultFigure
  constructor(figure: FaultFigure, message: string, seed: number) {
    super(`${figure.fault}: ${message}`, { hint: `Repeat it with FAULTS_SEED=${seed}.` })
    this.figure = figure
  }
}

export interface FaultRun {
  /** What chance follows from; a report names it, so that a run can be repeated. */
  readonly seed: number
  /** Whether fewer rounds and shorter pauses will do. */
  readonly quick: boolean
  /** Whether pauses of many minutes are wanted too. */
  readonly long: boolean
  /**
   * Prints a figure and keeps it.
   * @throws {FaultFoundError} when too little was sent, or when anything was found.
   */
  report(figure: FaultFigure): void
}

/**
 * What a run of fault tests was asked for, by its environment: `FAULTS_SEED` (else drawn), `FAULTS_QUICK=1`,
 * `FAULTS_LONG=1`, and `FAULTS_RESULTS`, a file that each figure is appended to as a line of JSON.
 */
export function faultRun(
  env: Readonly<Record<string, string | undefined>> = process.env,
): FaultRun {
  const seed = Number(env["FAULTS_SEED"] ?? Math.floor(Math.random() * 2 ** 31))
  if (!Number.isSafeInteger(seed)) throw new RangeError("FAULTS_SEED has to be a whole number")
  const file = env["FAULTS_RESULTS"]
  return {
    seed,
    quick: env["FAULTS_QUICK"] === "1",
    long: env["FAULTS_LONG"] === "1",
    report(figure) {
      const { fault, sent, atLeast, found, measured = {} } = figure
      const said = [`sent ${sent}`, words(found), words(measured), `seed ${seed}`]
      console.log(`${fault}: ${said.filter((part) => part !== "").join("; ")}`)
      if (file !== undefined) appendFileSync(file, `${JSON.stringify({ ...figure, seed })}\n`)
      if (!(sent >= atLeast))
        throw new FaultFoundError(
          figure,
          `only ${sent} were sent, ${atLeast} are needed; ${words(found)}`,
          seed,
        )
      if (Object.values(found).some((count) => count !== 0))
        throw new FaultFoundError(figure, words(found), seed)
    },
  }
}

const words = (counts: Readonly<Record<string, number | string>>) =>
  Object.entries(counts)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(", ")

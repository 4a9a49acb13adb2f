import { appendFileSync } from "node:fs"

/** What `npm run faults` was asked for. */
export const faults = {
  /** `--seed N`, or one drawn now; a report names it, so that a run can be repeated. */
  seed: Number(process.env["FAULTS_SEED"] ?? Math.floor(Math.random() * 2 ** 31)),
  /** `--quick`: fewer rounds. */
  quick: process.env["FAULTS_QUICK"] === "1",
} as const

/** One figure of a fault test: how much was sent, and how much of it came to grief. */
export interface FaultFigure {
  readonly fault: string
  readonly sent: number
  /** The least that had to be sent for the figure to mean something. */
  readonly atLeast: number
  /** What went wrong, by kind: `{ lost: 0, twice: 0 }`. */
  readonly found: Readonly<Record<string, number>>
}

/**
 * Prints a figure and keeps it for FAULTS.md.
 * @throws when too little was sent, or when anything was found.
 */
export function reportFault(figure: FaultFigure): void {
  const { fault, sent, atLeast, found } = figure
  const kinds = Object.entries(found).map(([kind, count]) => `${kind} ${count}`)
  console.log(`${fault}: sent ${sent}, ${kinds.join(", ")} (seed ${faults.seed})`)
  const file = process.env["FAULTS_RESULTS"]
  if (file !== undefined)
    appendFileSync(file, `${JSON.stringify({ ...figure, seed: faults.seed })}\n`)
  if (sent < atLeast) throw new Error(`${fault}: only ${sent} were sent, ${atLeast} are needed`)
  if (Object.values(found).some((count) => count > 0))
    throw new Error(`${fault}: ${kinds.join(", ")}`)
}

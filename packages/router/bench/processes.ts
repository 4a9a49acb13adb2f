// Fresh processes, one at a time: what other work they have done does not count, and nobody shares a core with a rival.
import { spawnSync } from "node:child_process"

const PROCESSES = Number(process.env["ROUTER_PROCESSES"] ?? 7)

/** By what was measured, then by whose it is: a figure of each process. */
export type Figures = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>

/** What processes of each side print, side after side in each round, so that none is always the first. */
export function figuresOf(script: string, names: readonly string[], ...rest: string[]): Figures {
  const figures: Record<string, Record<string, number[]>> = {}
  for (let round = 0; round < PROCESSES; round += 1) {
    const first = round % names.length
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      for (const [kind, figure] of Object.entries(printed(script, name, ...rest))) {
        figures[kind] ??= Object.fromEntries(names.map((name) => [name, []]))
        figures[kind][name]?.push(figure)
      }
    }
  }
  return figures
}

function printed(script: string, ...args: string[]): Readonly<Record<string, number>> {
  const path = new URL(script, import.meta.url).pathname
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv, path, ...args],
    { encoding: "utf8" },
  )
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

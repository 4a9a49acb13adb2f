import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { availableParallelism, loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Program, startProgram } from "@bennu/testing"
import { type History, historyOf } from "./checker.ts"
import { membersOf } from "./members.ts"
import type { NodeOptions, Order, Report } from "./orders.ts"

const program = fileURLToPath(new URL("node.ts", import.meta.url))

/** A node in a process of its own. */
export class FaultNode {
  readonly name: string
  readonly program: Program
  readonly #file: string

  private constructor(name: string, program: Program, file: string) {
    this.name = name
    this.program = program
    this.#file = file
  }

  static async start(options: NodeOptions, flags: readonly string[]): Promise<FaultNode> {
    const args = ["--conditions=@bennu/source", ...flags, program, JSON.stringify(options)]
    const started = await startProgram(process.execPath, {
      args,
      ready: "message",
      readyTimeout: "3m",
    })
    return new FaultNode(options.name, started, options.history)
  }

  /** Orders are answered one after the other. */
  order(order: Order): Promise<Report> {
    const { child, exited } = this.program
    return new Promise((resolve, reject) => {
      // what it answers is a report
      const hear = (report: unknown) => resolve(report as Report)
      child.once("message", hear)
      child.send(order, (error) => error && reject(error))
      void exited.then(() => reject(new Error(`${this.name} ended:\n${this.program.output}`)))
    })
  }

  /** Stops it as an app is stopped. @returns Its exit code. */
  async stop(): Promise<number | null> {
    this.program.child.send({ do: "stop" } satisfies Order)
    return (await this.program.exited).code
  }

  history(): History {
    return historyOf(readFileSync(this.#file, "utf8"))
  }
}

interface StartOptions extends Pick<NodeOptions, "plant" | "permdownPeriod"> {
  readonly flags?: readonly string[]
}

/** Starts nodes and ends them all: what is left of them are their histories. */
export class Nodes implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "bennu-faults-"))
  readonly #all = new Set<FaultNode>()
  #count = 0

  async start(
    name: string,
    url: string,
    { flags = [], ...options }: StartOptions = {},
  ): Promise<FaultNode> {
    this.#count += 1
    const history = join(this.#folder, `${this.#count}-${name}`)
    const node = await FaultNode.start({ name, url, history, ...options }, flags)
    this.#all.add(node)
    return node
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { program } of this.#all) await program.kill()
    rmSync(this.#folder, { recursive: true })
  }
}

type Simple = Exclude<Order["do"], "track">

export const tell = (nodes: readonly FaultNode[], what: Simple): Promise<Report[]> =>
  Promise.all(nodes.map((node) => node.order({ do: what })))

/** How many programs want each processor of this machine: how much longer things take than they would alone. */
export const slowdown = (): number => Math.max(1, (loadavg()[0] ?? 1) / availableParallelism())

/** Resolves when it is true, and says how long that took. */
export async function until(true_: () => Promise<boolean>, timeout = 60_000): Promise<number> {
  const started = performance.now()
  while (!(await true_())) {
    if (performance.now() - started > timeout) throw new Error(`not within ${timeout} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return Math.round(performance.now() - started)
}

export const areUp = (nodes: readonly FaultNode[]) => async () =>
  (await tell(nodes, "report")).every(({ up }) => up)

export const see = (nodes: readonly FaultNode[], names: Iterable<string>) => {
  const members = membersOf(names)
  return async () => (await tell(nodes, "report")).every((report) => report.members === members)
}

/** Resolves when nobody has been told anything for a while: longer than what waits is kept back, and than some beats. */
export async function quiet(nodes: readonly FaultNode[]): Promise<void> {
  let before = ""
  for (;;) {
    const told = (await tell(nodes, "report")).map((report) => report.told).join()
    if (told === before) return
    before = told
    await new Promise((resolve) => setTimeout(resolve, 2_000 * Math.min(5, slowdown())))
  }
}

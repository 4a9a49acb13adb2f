import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Order, Report } from "./orders.ts"

/** A node in a process of its own. */
export class FaultNode {
  readonly name: string
  readonly process: ChildProcess
  readonly exited: Promise<number | null>

  private constructor(name: string, process: ChildProcess) {
    this.name = name
    this.process = process
    this.exited = new Promise((resolve) => process.once("exit", (code) => resolve(code)))
  }

  static async start(name: string, url: string): Promise<FaultNode> {
    const child = fork(fileURLToPath(new URL("node.ts", import.meta.url)), [url, name], {
      execArgv: ["--conditions=@bennu/source"],
    })
    const node = new FaultNode(name, child)
    await new Promise<void>((resolve, reject) => {
      child.once("message", () => resolve())
      child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)))
    })
    return node
  }

  /** Orders are answered one after the other. */
  order(order: Order): Promise<Report> {
    return new Promise((resolve, reject) => {
      this.process.once("message", (report) => resolve(report as Report))
      this.process.send(order, (error) => {
        if (error) reject(error)
      })
    })
  }

  async stop(): Promise<number | null> {
    this.process.send({ do: "stop" } satisfies Order)
    return this.exited
  }

  async kill(): Promise<void> {
    this.process.kill("SIGKILL")
    await this.exited
  }
}

/** The checker: what of all that was said did not arrive, and what of that nobody noticed. */
export function judge(reports: readonly Report[]) {
  const said = reports.reduce((sum, report) => sum + report.said, 0)
  const lostHere = reports.reduce((sum, { said, own }) => sum + said - own, 0)
  let missed = 0
  let unnoticed = 0
  let wrong = 0
  for (const receiver of reports) {
    let missing = 0
    for (const sender of reports) {
      if (sender === receiver) continue
      const heard = receiver.heard.find(({ from }) => from === sender.name)
      missing += sender.said - (heard?.count ?? 0)
      wrong += heard?.wrong ?? 0
    }
    missed += missing
    unnoticed += Math.max(0, missing - receiver.counted)
  }
  const outage = Math.round(Math.max(...reports.map(({ outage }) => outage)))
  return { said, remote: said * (reports.length - 1), lostHere, missed, unnoticed, wrong, outage }
}

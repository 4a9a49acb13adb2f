import { fileURLToPath } from "node:url"
import { type Program, startProgram } from "@bennu/testing"
import type { Order, Report } from "./orders.ts"

const program = fileURLToPath(new URL("node.ts", import.meta.url))

/** A node in a process of its own. */
export class MigratingNode implements AsyncDisposable {
  readonly program: Program
  private constructor(program: Program) {
    this.program = program
  }

  static async start(url: string): Promise<MigratingNode> {
    const args = ["--conditions=@bennu/source", program, url]
    return new MigratingNode(
      await startProgram(process.execPath, { args, ready: "message", readyTimeout: "3m" }),
    )
  }

  /** @returns What came of it, or null when it died over it. `holding` hears when it asks for its death. */
  order(order: Order, holding: () => void = () => {}): Promise<Report | null> {
    const { child, exited } = this.program
    return new Promise((resolve) => {
      const hear = (message: unknown) => {
        // what a node sends is a report
        const report = message as Report
        if (report.told === "holding") return holding()
        child.off("message", hear)
        resolve(report)
      }
      child.on("message", hear)
      void exited.then(() => resolve(null))
      child.send(order, (error) => error && resolve(null))
    })
  }

  kill(): Promise<void> {
    return this.program.kill()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill()
  }
}

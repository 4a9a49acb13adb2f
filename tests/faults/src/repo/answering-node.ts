import { fileURLToPath } from "node:url"
import { type Program, startProgram } from "@bennu/testing"

export type Asked =
  | { readonly ask: "answer" | "leave"; readonly call: number }
  | { readonly ask: "peak"; readonly callers: number; readonly seconds: number }
export type Told =
  | { readonly tell: "ready" }
  | { readonly tell: "came"; readonly call: number; readonly came: Came }
  | { readonly tell: "peak"; readonly peak: number }
/** `"wrong"`: what belongs to somebody else; `"nothing"`, as its caller had left; or what failed. */
export type Came = "answer" | "wrong" | "refusal" | "nothing" | (string & {})

/** What came of a call, and after how many milliseconds. */
export interface Outcome {
  readonly came: Came
  readonly took: number
}

const program = fileURLToPath(new URL("answering.ts", import.meta.url))

/** What answers calls in a process of its own, so that calling takes nothing of its processor's time. */
export class AnsweringNode implements AsyncDisposable {
  readonly #program: Program
  readonly #calls = new Map<number, (came: Came) => void>()
  #latest = 0

  private constructor(program: Program) {
    this.#program = program
    this.#hear((told) => {
      if (told.tell === "came") this.#calls.get(told.call)?.(told.came)
    })
  }

  static async start(client: string, url: string, options: object): Promise<AnsweringNode> {
    const args = ["--conditions=@bennu/source", program, client, url, JSON.stringify(options)]
    return new AnsweringNode(
      await startProgram(process.execPath, { args, ready: "message", readyTimeout: "3m" }),
    )
  }

  /** Calls that nothing has come of. */
  get pending(): number {
    return this.#calls.size
  }

  /** Answers a second where so many call, from within, again as soon as they were answered. */
  peak(callers: number, seconds: number): Promise<number> {
    return new Promise((resolve) => {
      const stop = this.#hear((told) => {
        if (told.tell !== "peak") return
        stop()
        resolve(told.peak)
      })
      this.#ask({ ask: "peak", callers, seconds })
    })
  }

  /** Calls, and leaves when no answer came in so many milliseconds. */
  call(patience: number): Promise<Outcome> {
    this.#latest += 1
    const call = this.#latest
    const since = performance.now()
    const leaving = setTimeout(() => this.#ask({ ask: "leave", call }), patience)
    this.#ask({ ask: "answer", call })
    return new Promise((resolve) => {
      this.#calls.set(call, (came) => {
        clearTimeout(leaving)
        this.#calls.delete(call)
        resolve({ came, took: performance.now() - since })
      })
    })
  }

  #ask(asked: Asked): void {
    this.#program.child.send(asked)
  }

  #hear(told: (told: Told) => void): () => void {
    const { child } = this.#program
    // the program sends these
    const hear = (message: unknown) => told(message as Told)
    child.on("message", hear)
    return () => child.off("message", hear)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#program.kill()
  }
}

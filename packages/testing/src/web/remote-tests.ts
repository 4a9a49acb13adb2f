import { type Duration, parseLimits } from "@bennu/core"
import type { Setup, TestBase } from "../setup/setup.ts"

interface OpenTest {
  readonly end: () => void
  /** Settles when the test is over, and all of it undone. */
  readonly over: Promise<void>
}

/** Tests whose bodies run in another process, which opens them and ends them over HTTP. */
export class RemoteTests {
  readonly #tests: Setup<TestBase>
  readonly #maxOpen: number
  readonly #patience: number
  readonly #open = new Map<string, OpenTest>()
  #opening = 0

  constructor(
    tests: Setup<TestBase>,
    given: { readonly maxOpen?: number | undefined; readonly patience?: Duration | undefined },
  ) {
    const limits = parseLimits("allowTests", { maxOpen: 10, patience: "2m" }, given)
    this.#tests = tests
    this.#maxOpen = limits.maxOpen
    this.#patience = limits.patience
  }

  async answer(method: string, token: string | null): Promise<Response> {
    if (method === "POST") return this.#begin()
    if (method === "DELETE") return this.#end(token)
    return said(405, "POST opens a test, DELETE ends it")
  }

  async #begin(): Promise<Response> {
    if (this.#open.size + this.#opening >= this.#maxOpen)
      return said(429, `${this.#maxOpen} tests are open already`)
    this.#opening += 1
    const opened = Promise.withResolvers<string>()
    const ended = Promise.withResolvers<void>()
    const over = this.#tests.run(async ({ token }) => {
      opened.resolve(token)
      await ended.promise
    })
    // it may end before anybody asks how
    over.catch(opened.reject)
    try {
      const token = await opened.promise
      const timer = setTimeout(ended.resolve, this.#patience).unref()
      this.#open.set(token, { end: ended.resolve, over })
      const forget = (): void => {
        clearTimeout(timer)
        this.#open.delete(token)
      }
      over.then(forget, forget)
      return said(200, token)
    } catch (error) {
      return said(500, String(error))
    } finally {
      this.#opening -= 1
    }
  }

  /** What went wrong at the end, such as a query that still ran, is the answer. */
  async #end(token: string | null): Promise<Response> {
    const test = this.#open.get(token ?? "")
    if (test === undefined) return said(410, "no test has that token, or no more")
    test.end()
    try {
      await test.over
      return said(200, "")
    } catch (error) {
      return said(409, String(error))
    }
  }
}

const said = (status: number, text: string): Response =>
  new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8" } })

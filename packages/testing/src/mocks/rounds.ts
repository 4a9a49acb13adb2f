import { type Awaitable, contextKey } from "@bennu/core"
import { MockContractError, MockUnexpectedError, MockUnmetError } from "./errors.ts"

export type Answer = (...args: never) => Awaitable<unknown>

interface Expectation {
  readonly operation: string
  readonly answer: Answer
  readonly times: number
  called: number
}

/** A question that a mock was asked. */
interface Call {
  readonly operation: string
  readonly args: readonly unknown[]
}

/** What one test expects of a mock, and what became of it. */
interface Round {
  readonly stubs: Map<string, Answer>
  readonly expectations: Expectation[]
  readonly calls: Call[]
  /** What was thrown at whoever called: the app may have taken it for an outage. */
  readonly thrown: unknown[]
}

const newRound = (): Round => ({ stubs: new Map(), expectations: [], calls: [], thrown: [] })

/** How many calls a test can look at afterwards; the latest. */
const MAX_CALLS = 10_000

/** What a mock knows of the tests that use it at once: each finds its own by the asynchronous context. */
export class Rounds {
  readonly #around = contextKey<Round>("mock")
  readonly #outside = newRound()
  readonly #base: ReadonlyMap<string, Answer>

  constructor(base: ReadonlyMap<string, Answer>) {
    this.#base = base
  }

  /** Runs a test of its own, and verifies once it has passed. */
  async run<T>(work: () => Awaitable<T>): Promise<T> {
    return this.#around.run(newRound(), async () => {
      const result = await work()
      this.verify()
      return result
    })
  }

  stub(operation: string, answer: Answer): void {
    this.#round.stubs.set(operation, answer)
  }

  expect(operation: string, answer: Answer, times: number): void {
    if (!Number.isSafeInteger(times) || times < 0)
      throw new RangeError(`${operation} cannot be called ${times} times`)
    this.#round.expectations.push({ operation, answer, times, called: 0 })
  }

  callsOf(operation: string): readonly (readonly unknown[])[] {
    return this.#round.calls.filter((call) => call.operation === operation).map(({ args }) => args)
  }

  /** Finds who answers, and lets them. `check` stands around the answer. */
  async call(
    operation: string,
    args: readonly unknown[],
    check: (answer: Answer) => Awaitable<unknown>,
  ): Promise<unknown> {
    const round = this.#round
    round.calls.push({ operation, args })
    if (round.calls.length > MAX_CALLS) round.calls.shift()
    const answer = this.#answerOf(round, operation)
    try {
      if (answer === undefined) throw new MockUnexpectedError(operation)
      return await check(answer)
    } catch (error) {
      // what the answer itself throws is the service's failure, and the test's own wish
      if (isComplaint(error)) round.thrown.push(error)
      throw error
    }
  }

  verify(): void {
    const { expectations, thrown } = this.#round
    const short = expectations
      .filter(({ called, times }) => called < times)
      .map(({ operation, called, times }) => `${operation} was called ${called} of ${times} times`)
    const said = thrown.map((error) => (error instanceof Error ? error.message : String(error)))
    if (short.length + said.length > 0) throw new MockUnmetError([...short, ...said], thrown[0])
  }

  get #round(): Round {
    return this.#around.get() ?? this.#outside
  }

  /** An expectation that still has to be met, else what the test says, else what holds for all tests. */
  #answerOf({ expectations, stubs }: Round, operation: string): Answer | undefined {
    const own = expectations.filter((one) => one.operation === operation)
    const open = own.find(({ called, times }) => called < times)
    if (open === undefined)
      return stubs.get(operation) ?? (own.length === 0 ? this.#base.get(operation) : undefined)
    open.called += 1
    return open.answer
  }
}

const isComplaint = (error: unknown): boolean =>
  error instanceof MockUnexpectedError || error instanceof MockContractError

import { type Awaitable, type StandardSchemaV1, validate } from "@bennu/core"
import type { Answers, Contract, Operation, ServiceOf } from "./contract.ts"
import { MockContractError } from "./errors.ts"
import type { Mock } from "./mock.ts"
import { type Answer, Rounds } from "./rounds.ts"

/**
 * Stands in for a service of others. It cannot drift from its contract: questions and answers are checked by the same
 * schemas as those of the real one, by their types as well.
 * @param answers What holds in all tests; a test says more by `stub` and `expect`.
 * @example const payments = mockService(Payments, { refund: () => ({ ok: true }) })
 * @example it.concurrent("pays", () => payments.run(async () => { payments.expect("charge", ({ cents }) => ({ id: "1" })); … }))
 */
export function mockService<const C extends Contract>(
  contract: C,
  answers: Answers<C> = {},
): Mock<ServiceOf<C>, Answers<C>> {
  const rounds = new Rounds(answersOf(answers))
  const operations = Object.entries(contract).map(([name, operation]) => {
    const ask = (input: unknown) =>
      rounds.call(name, [input], (answer) => checked(name, operation, input, answer))
    return [name, ask] as const
  })
  // one function was made for each operation, and each does what the contract's schemas say
  return mockOf(Object.fromEntries(operations) as ServiceOf<C>, rounds)
}

/**
 * Stands in for a port that is only a type, such as a `Mailer`: its methods are checked by TypeScript. They all answer with
 * promises.
 * @example const mailer = mockPort<Mailer>({ deliver: async () => {} })
 */
export function mockPort<P extends object>(answers: Methods<P> = {}): Mock<P, Methods<P>> {
  const rounds = new Rounds(answersOf(answers))
  const port = new Proxy(Object.freeze({}), {
    get: (_, name) =>
      // whoever awaits the port itself asks whether it is a promise
      typeof name === "symbol" || name === "then"
        ? undefined
        : (...args: never) => rounds.call(name, args, async (answer) => await answer(...args)),
  })
  // whatever method of P is asked for, it is there; what it answers was checked as it was given
  return mockOf(port as P, rounds)
}

/** The methods of a port, those that are asked for in tests. */
export type Methods<P> = {
  readonly [K in keyof P as P[K] extends (...args: never) => unknown ? K : never]?: P[K] | undefined
}

function mockOf<S, A>(service: S, rounds: Rounds): Mock<S, A> {
  return {
    service,
    run: (work) => rounds.run(work),
    // TypeScript has compared them with the contract; here they are functions of whatever they take
    stub: (operation, answer) => rounds.stub(operation, answer as Answer),
    expect: (operation, answer, { times = 1 } = {}) =>
      rounds.expect(operation, answer as Answer, times),
    // the arguments were given to a method of these very types
    calls: (operation) => rounds.callsOf(operation) as never,
    verify: () => rounds.verify(),
  }
}

const answersOf = (answers: object): ReadonlyMap<string, Answer> =>
  new Map(Object.entries(answers).filter(([, answer]) => answer !== undefined))

async function checked(
  name: string,
  { input, output }: Operation,
  question: unknown,
  answer: Answer,
): Promise<unknown> {
  const asked = await valid(input, question, name, "asked")
  const take = answer as (input: unknown) => Awaitable<unknown>
  return valid(output, await take(asked), name, "answered")
}

async function valid(
  schema: StandardSchemaV1<unknown, unknown>,
  value: unknown,
  name: string,
  what: "asked" | "answered",
): Promise<unknown> {
  const result = await validate(schema, value)
  if (!result.ok) throw new MockContractError(name, what, result.error)
  return result.value
}

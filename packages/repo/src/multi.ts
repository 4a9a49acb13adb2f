import { type Awaitable, err, ok, type Result } from "@bennu/core"
import type { Changeset, Row, Schema } from "@bennu/schema"
import { RepoUsageError } from "./errors.ts"
import type { Repo } from "./repo.ts"

/** A changeset, or what makes one of the steps before. */
type Made<S extends Schema, Steps> = Changeset<S> | ((steps: Steps) => Changeset<S>)
/** A name that no step before has. */
type Fresh<N extends string, Steps> = N extends keyof Steps ? never : N
type With<Steps, N extends string, T> = Steps & { readonly [K in N]: T }

/** The step that was refused, why, and what the steps before it had made, all taken back. */
export type FailedStep<Steps, Errors> = {
  [N in keyof Errors]: {
    readonly step: N
    readonly error: Errors[N]
    readonly steps: Partial<Steps>
  }
}[keyof Errors]

/**
 * Steps that happen in one transaction, in order, or not at all. Each has a name, under which later steps and the
 * outcome find what it made. Use it where a transaction is put together in several places, or shall say which part was
 * refused; else `repo.transaction(async () => …)` is shorter. Every method returns a new one.
 */
export interface Multi<Steps = object, Errors = object> {
  insert<N extends string, S extends Schema>(
    name: Fresh<N, Steps>,
    changeset: Made<S, Steps>,
  ): Multi<With<Steps, N, Row<S>>, With<Errors, N, Changeset<S>>>
  update<N extends string, S extends Schema>(
    name: Fresh<N, Steps>,
    changeset: Made<S, Steps>,
  ): Multi<With<Steps, N, Row<S>>, With<Errors, N, Changeset<S>>>
  delete<N extends string, S extends Schema>(
    name: Fresh<N, Steps>,
    changeset: Made<S, Steps>,
  ): Multi<With<Steps, N, Row<S>>, With<Errors, N, Changeset<S>>>
  /** Anything else; a failed result is the refusal of this step. */
  run<N extends string, T, E = never>(
    name: Fresh<N, Steps>,
    step: (steps: Steps, repo: Repo) => Awaitable<Result<T, E>>,
  ): Multi<With<Steps, N, T>, With<Errors, N, E>>
  /** A value for later steps. */
  put<N extends string, T>(name: Fresh<N, Steps>, value: T): Multi<With<Steps, N, T>, Errors>
  /** The steps of another after these. */
  merge<S, E>(other: Multi<S, E>): Multi<Steps & S, Errors & E>
  /** The steps' names, in order: to see what it would do. */
  readonly names: readonly string[]
  /** For the repo. */
  readonly [steps]: readonly Step[]
}

const steps = Symbol("steps")

interface Step {
  readonly name: string
  run(made: object, repo: Repo): Awaitable<Result<unknown, unknown>>
}

/**
 * A transaction's steps, none yet.
 * @example
 * const outcome = await repo.transaction(
 *   multi().insert("user", signUp).run("mail", ({ user }, repo) => enqueue(repo, welcome(user))),
 * )
 */
export const multi = (): Multi => new Steps([])

/** The methods add a step each; which steps there are is in the types alone, so they are left out in here. */
class Steps implements Multi {
  readonly [steps]: readonly Step[]

  constructor(list: readonly Step[]) {
    const taken = list.find(({ name }, at) => list.findIndex((step) => step.name === name) < at)
    if (taken !== undefined) {
      const hint = "Give each step a name of its own; a step that is merged in has one too."
      throw new RepoUsageError(`two steps are called ${JSON.stringify(taken.name)}`, hint)
    }
    this[steps] = list
  }

  get names(): readonly string[] {
    return this[steps].map(({ name }) => name)
  }

  insert<S extends Schema>(name: string, changeset: Made<S, object>): never {
    return this.#then(name, (made, repo) => repo.insert(changesetOf(changeset, made)))
  }

  update<S extends Schema>(name: string, changeset: Made<S, object>): never {
    return this.#then(name, (made, repo) => repo.update(changesetOf(changeset, made)))
  }

  delete<S extends Schema>(name: string, changeset: Made<S, object>): never {
    return this.#then(name, (made, repo) => repo.delete(changesetOf(changeset, made)))
  }

  run(name: string, step: Step["run"]): never {
    return this.#then(name, step)
  }

  put(name: string, value: unknown): never {
    return this.#then(name, () => ok(value))
  }

  merge<S, E>(other: Multi<S, E>): never {
    return new Steps([...this[steps], ...other[steps]]) as never
  }

  #then(name: string, run: Step["run"]): never {
    return new Steps([...this[steps], { name, run }]) as never
  }
}

const changesetOf = <S extends Schema>(made: Made<S, object>, before: object): Changeset<S> =>
  typeof made === "function" ? made(before) : made

/** Takes the steps, one after the other, in the transaction of `repo`. */
export async function runSteps(
  { [steps]: list }: Pick<Multi, typeof steps>,
  repo: Repo,
): Promise<Result<object, { step: string; error: unknown; steps: object }>> {
  const made: Record<string, unknown> = Object.create(null)
  for (const { name, run } of list) {
    const result = await run(made, repo)
    if (!result.ok) return err({ step: name, error: result.error, steps: { ...made } })
    made[name] = result.value
  }
  return ok({ ...made })
}

/** Whether a transaction is given as steps. */
export const isMulti = (value: object): value is Multi => steps in value

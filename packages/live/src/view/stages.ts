import type { Awaitable } from "@bennu/core"
import { DefinitionError } from "../errors.ts"
import type { Stages } from "../hook.ts"
import type { AnySocket } from "./defined-view.ts"

/** A hook of a view, whatever its stage. */
export interface AttachedHook {
  readonly name: string
  readonly stage: keyof Stages
  readonly run: (
    socket: AnySocket,
    passing: never,
    next: (socket: AnySocket, passing?: never) => Promise<AnySocket>,
  ) => Awaitable<unknown>
}

/** @throws {DefinitionError} when the stage has one of this name. */
export function attached(
  hooks: readonly AttachedHook[],
  hook: AttachedHook,
): readonly AttachedHook[] {
  const { name, stage } = hook
  if (!hooks.some((other) => other.name === name && other.stage === stage)) return [...hooks, hook]
  throw new DefinitionError(`a hook "${name}" is attached to ${stage} already`, {
    hint: "Give it another name, or detach the other one first.",
  })
}

export const detached = (
  hooks: readonly AttachedHook[],
  name: string,
  stage: keyof Stages,
): readonly AttachedHook[] => hooks.filter((hook) => hook.name !== name || hook.stage !== stage)

/** Runs a stage: its hooks in the order in which they were attached, each around the rest, and `last` at the end. */
export function throughHooks<T extends keyof Stages>(
  all: readonly AttachedHook[],
  stage: T,
  socket: AnySocket,
  passing: Stages[T],
  last: (socket: AnySocket, passing: Stages[T]) => Awaitable<unknown>,
): Awaitable<unknown> {
  // most views have none
  if (all.length === 0) return last(socket, passing)
  const hooks = all.filter((hook) => hook.stage === stage)
  if (hooks.length === 0) return last(socket, passing)
  async function step(index: number, from: AnySocket, passed: Stages[T]): Promise<AnySocket> {
    const hook = hooks[index]
    const next = (socket: AnySocket, other: Stages[T] = passed) => step(index + 1, socket, other)
    // a hook of this stage takes what passes it
    const returned = await (hook
      ? hook.run(from, passed as never, next as Parameters<typeof hook.run>[2])
      : last(from, passed))
    // what a callback returns is a socket or nothing; whether it is the right one is looked at when all is done
    return (returned as AnySocket | undefined) ?? from
  }
  return step(0, socket, passing)
}

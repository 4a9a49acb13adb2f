import type { StandardSchemaV1 } from "@bennu/core"

/** A name and the shape of what is said there. Make one wherever it is needed: the same name is the same topic. */
export interface Topic<M> {
  readonly name: string
  readonly message: StandardSchemaV1<unknown, M>
}

/**
 * A topic that messages of one shape are broadcast on.
 * @param name Usually what the message is about and whose: `todos:42`.
 * @param message Any Standard Schema that needs no promise. What it makes of a message has to survive JSON
 * if the app is to run on several nodes, and has to satisfy the schema again when it arrives there.
 * @example const changesOf = (userId: string) => topic(`todos:${userId}`, z.object({ id: z.uuid() }))
 */
export function topic<M>(name: string, message: StandardSchemaV1<unknown, M>): Topic<M> {
  return { name, message }
}

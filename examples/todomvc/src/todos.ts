import type { PubSub } from "@bennu/pubsub"
import { topic } from "@bennu/pubsub"
import type { Repo } from "@bennu/repo"
import { cast, schema } from "@bennu/schema"
import { and, eq } from "drizzle-orm"
import { bigint, boolean, pgTable, text, uuid } from "drizzle-orm/pg-core"
import * as z from "zod"

/** What every page carries: whose list it is, and through which ports. Passed first, never ambient. */
export interface Scope {
  /** Kept in the browser's session: its windows share a list. */
  readonly listId: string
  readonly repo: Repo
  readonly pubsub: PubSub
}

const todos = pgTable("todos", {
  id: uuid().primaryKey().defaultRandom(),
  listId: uuid("list_id").notNull(),
  place: bigint({ mode: "number" }).generatedAlwaysAsIdentity(),
  title: text().notNull(),
  done: boolean().notNull().default(false),
})
export const Todo = schema(todos)
export type Todo = typeof Todo.$inferSelect

const LIMIT = 1_000
const rules = z.object({ title: z.string().trim().min(1).max(500) })

/** Tells the windows that show a list that it changed. */
export const changesOf = (listId: string) => topic(`todos:${listId}`, z.object({}))

const announce = ({ pubsub, listId }: Scope) => pubsub.broadcast(changesOf(listId), {})

const all = ({ listId }: Scope) => eq(todos.listId, listId)
const one = (scope: Scope, id: string) => and(all(scope), eq(todos.id, id))

export const list = (scope: Scope): Promise<Todo[]> =>
  scope.repo.all(Todo, { where: all(scope), orderBy: todos.place, limit: LIMIT })

/** Adds a todo; a blank title and one too many are left out. */
export async function create(scope: Scope, title: string): Promise<void> {
  if ((await scope.repo.count(Todo, { where: all(scope) })) >= LIMIT) return
  const saved = await scope.repo.insert(cast(Todo, { listId: scope.listId }, { title }, rules))
  if (saved.ok) await announce(scope)
}

/** Gives a todo another title; without one it goes. */
export async function rename(scope: Scope, id: string, title: string): Promise<void> {
  if (title.trim() === "") return remove(scope, id)
  const todo = await scope.repo.one(Todo, { where: one(scope, id) })
  if (todo && (await scope.repo.update(cast(Todo, todo, { title }, rules))).ok)
    await announce(scope)
}

export async function mark(scope: Scope, id: string, done: boolean): Promise<void> {
  await scope.repo.updateAll(Todo, { done }, { where: one(scope, id) })
  await announce(scope)
}

export async function markAll(scope: Scope, done: boolean): Promise<void> {
  await scope.repo.updateAll(Todo, { done }, { where: all(scope) })
  await announce(scope)
}

export async function remove(scope: Scope, id: string): Promise<void> {
  await scope.repo.deleteAll(Todo, { where: one(scope, id) })
  await announce(scope)
}

export async function clearDone(scope: Scope): Promise<void> {
  await scope.repo.deleteAll(Todo, { where: and(all(scope), eq(todos.done, true)) })
  await announce(scope)
}

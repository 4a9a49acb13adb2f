import { schema } from "@bennu/schema"
import { pgTable, text, uuid } from "drizzle-orm/pg-core"

export const users = pgTable("users", {
  id: uuid().primaryKey().defaultRandom(),
  email: text().notNull().unique(),
})
export const notes = pgTable("notes", {
  id: uuid().primaryKey().defaultRandom(),
  userId: uuid("user_id")
    .notNull()
    .references(() => users.id),
  text: text().notNull(),
})
export const User = schema(users)
export const Note = schema(notes, { belongsTo: { user: () => User } })

export const createTables: readonly string[] = [
  "create table users (id uuid primary key default gen_random_uuid(), email text not null unique)",
  "create table notes (id uuid primary key default gen_random_uuid(), user_id uuid not null references users, text text not null)",
]

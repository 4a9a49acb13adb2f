import { emit, topic } from "@bennu/pubsub"
import { cast, schema } from "@bennu/schema"
import { desc, eq, sql } from "drizzle-orm"
import { check, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core"
import * as z from "zod"
import { type Article, articles } from "./articles.ts"
import { type Reader, readers } from "./readers.ts"
import type { ReaderScope, Scope } from "./vocabulary.ts"

const comments = pgTable(
  "comments",
  {
    id: uuid().primaryKey().defaultRandom(),
    articleId: uuid("article_id")
      .notNull()
      .references(() => articles.id, { onDelete: "cascade" }),
    body: text().notNull(),
    author: text().notNull(),
    readerId: uuid("reader_id").notNull(),
    insertedAt: timestamp("inserted_at", { withTimezone: true }).notNull().defaultNow(),
  },
  ({ body }) => [check("comments_body_length", sql`char_length(${body}) between 1 and 4000`)],
)
export const Comment = schema(comments, { belongsTo: { reader: () => readers } })
export type Comment = typeof Comment.$inferSelect & {
  readonly reader: typeof Reader.$inferSelect | null
}

export const schemas = [Comment]

/** Tells whoever reads an article that somebody commented on it. */
export const commentsOn = (articleId: string) =>
  topic(`articles:${articleId}:comments`, z.object({ id: z.uuid() }))

const rules = z.object({
  body: z.string().trim().min(1, "can't be blank").max(4000, "is longer than 4000 characters"),
})
export const changeset = (
  comment: Partial<typeof Comment.$inferSelect> = {},
  params: unknown = {},
) => cast(Comment, comment, params, rules).foreignKeyConstraint("articleId", { message: "is gone" })

/** The latest of an article, oldest first. */
export async function list({ repo }: Scope, articleId: string, limit = 200): Promise<Comment[]> {
  const latest = await repo.all(Comment, {
    where: eq(comments.articleId, articleId),
    orderBy: [desc(comments.insertedAt), desc(comments.id)],
    limit,
    preload: ["reader"],
  })
  return latest.reverse()
}

export async function post(
  { repo, pubsub, reader }: ReaderScope,
  article: Article,
  params: unknown,
) {
  const comment = { articleId: article.id, author: reader.name, readerId: reader.id }
  const saved = await repo.insert(changeset(comment, params))
  if (saved.ok) emit(pubsub, commentsOn(article.id), { id: saved.value.id })
  return saved
}

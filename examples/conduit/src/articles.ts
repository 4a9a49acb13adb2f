import type { Result } from "@bennu/core"
import { emit, topic } from "@bennu/pubsub"
import type { Repo } from "@bennu/repo"
import { type Changeset, cast, schema } from "@bennu/schema"
import { and, desc, eq, exists, inArray, sql } from "drizzle-orm"
import {
  check,
  pgTable,
  primaryKey,
  QueryBuilder,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core"
import * as z from "zod"
import { NoArticleError, NotYoursError } from "./errors.ts"
import { type Reader, readers } from "./readers.ts"
import type { ReaderScope, Scope } from "./vocabulary.ts"

export const articles = pgTable(
  "articles",
  {
    id: uuid().primaryKey().defaultRandom(),
    slug: text().notNull().unique(),
    title: text().notNull(),
    description: text().notNull(),
    body: text().notNull(),
    author: text().notNull(),
    readerId: uuid("reader_id"),
    insertedAt: timestamp("inserted_at", { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  ({ title }) => [check("articles_title_length", sql`char_length(${title}) between 1 and 140`)],
)
const tags = pgTable("tags", {
  id: uuid().primaryKey().defaultRandom(),
  name: text().notNull().unique(),
})
const articleTags = pgTable(
  "article_tags",
  {
    articleId: uuid("article_id")
      .notNull()
      .references(() => articles.id, { onDelete: "cascade" }),
    tagId: uuid("tag_id")
      .notNull()
      .references(() => tags.id, { onDelete: "cascade" }),
  },
  (table) => [primaryKey({ columns: [table.articleId, table.tagId] })],
)

export const Tag = schema(tags)
export const ArticleTag = schema(articleTags)
export const Article = schema(articles, {
  virtual: { tagList: z.string() },
  belongsTo: { reader: () => readers },
  manyToMany: { tags: { to: () => Tag, through: () => articleTags } },
})
export type Article = typeof Article.$inferSelect & {
  readonly tags: (typeof Tag.$inferSelect)[]
  /** Who wrote it, if they are still known. */
  readonly reader: typeof Reader.$inferSelect | null
}

/** What the database has to have for this context. */
export const schemas = [Article, ArticleTag, Tag]

/** Tells whoever looks at a list of articles, or at one of them, that it changed. */
export const published = topic("articles", z.object({ slug: z.string() }))

const filled = (max: number) =>
  z.string().trim().min(1, "can't be blank").max(max, `is longer than ${max} characters`)
const tagNames = (text: string) => [
  ...new Set(
    text
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ""),
  ),
]
const rules = z.object({
  title: filled(140),
  description: filled(280),
  body: filled(100_000),
  tagList: z
    .string()
    .default("")
    .refine((text) => tagNames(text).length <= 6, "are more than six")
    .refine(
      (text) => tagNames(text).every((name) => name.length <= 30),
      "must each be at most 30 characters",
    ),
})
export const changeset = (
  article: Partial<typeof Article.$inferSelect> & { tagList?: string } = {},
  params: unknown = {},
) => cast(Article, article, params, rules).uniqueConstraint("slug", { message: "is taken" })

export interface Filter {
  readonly tag?: string | undefined
  readonly author?: string | undefined
  readonly limit: number
  readonly offset: number
}
/** The newest articles first, with how many there are in all. */
export async function list({ repo }: Scope, { tag, author, limit, offset }: Filter) {
  const tagged = (name: string) =>
    exists(
      new QueryBuilder()
        .select({ one: sql`1` })
        .from(articleTags)
        .innerJoin(tags, eq(tags.id, articleTags.tagId))
        .where(and(eq(articleTags.articleId, articles.id), eq(tags.name, name))),
    )
  const where = and(
    tag === undefined ? undefined : tagged(tag),
    author === undefined ? undefined : eq(articles.author, author),
  )
  const [rows, total] = await Promise.all([
    repo.all(Article, {
      where,
      orderBy: [desc(articles.insertedAt), articles.id],
      limit,
      offset,
      preload: ["tags", "reader"],
    }),
    repo.count(Article, { where }),
  ])
  return { articles: rows, total }
}

export const count = ({ repo }: Scope): Promise<number> => repo.count(Article)

/** Every article from the newest on, read some at a time. */
export async function* everything(scope: Scope, pageSize = 100) {
  for (let offset = 0; ; offset += pageSize) {
    const { articles } = await list(scope, { limit: pageSize, offset })
    yield* articles
    if (articles.length < pageSize) return
  }
}

export const find = ({ repo }: Scope, slug: string): Promise<Article | null> =>
  repo.one(Article, { where: eq(articles.slug, slug), preload: ["tags", "reader"] })

/** @throws {NoArticleError} when none has the slug: a 404. */
export async function fetch(scope: Scope, slug: string): Promise<Article> {
  const article = await find(scope, slug)
  if (article === null) throw new NoArticleError(slug)
  return article
}

/** @throws {NotYoursError} when somebody else wrote it: a 403. */
export async function fetchOwn(scope: Scope, slug: string): Promise<Article> {
  const article = await fetch(scope, slug)
  if (!mayEdit(scope, article)) throw new NotYoursError(slug)
  return article
}

/** The names of the tags that are used most. */
export async function popularTags({ repo }: Scope, limit = 20): Promise<string[]> {
  const rows = await repo.query<{ name: string }>(sql`
    select ${tags.name} as name from ${tags} join ${articleTags} on ${articleTags.tagId} = ${tags.id}
    group by ${tags.name} order by count(*) desc, ${tags.name} limit ${limit}`)
  return rows.map(({ name }) => name)
}

export const mayEdit = ({ reader }: Scope, article: Article): boolean =>
  reader !== null && article.readerId === reader.id

export async function create(scope: ReaderScope, params: unknown) {
  const { reader, repo } = scope
  const proposed = changeset({ author: reader.name, readerId: reader.id }, params)
  const slug = await freeSlug(scope, String(proposed.changes.title ?? ""))
  return save(scope, proposed.putChange("slug", slug), (ready) => repo.insert(ready))
}

export async function update(scope: ReaderScope, article: Article, params: unknown) {
  const proposed = changeset(article, params).putChange("updatedAt", new Date())
  return save(scope, proposed, (ready) => scope.repo.update(ready))
}

/** Writes the article with its tags, all or nothing, and tells whoever listens once it is certain. */
function save(
  { repo, pubsub }: ReaderScope,
  proposed: Changeset<typeof Article>,
  write: (
    ready: Changeset<typeof Article>,
  ) => Promise<Result<typeof Article.$inferSelect, Changeset<typeof Article>>>,
) {
  return repo.transaction(async () => {
    const named = proposed.valid ? await tagsOf(repo, proposed.getField("tagList") ?? "") : []
    const written = await write(proposed.putAssoc("tags", named, { onReplace: "delete" }))
    if (written.ok) emit(pubsub, published, { slug: written.value.slug })
    return written
  })
}

/** The tags of these names; those that there are not yet are made. */
export async function tagsOf(repo: Repo, list: string) {
  const names = tagNames(list)
  if (names.length === 0) return []
  const rows = names.map((name) => ({ name }))
  await repo.insertAll(Tag, rows, { onConflict: "nothing" })
  return repo.all(Tag, { where: inArray(tags.name, names) })
}

/** The title as an address; with something added when another article has it. */
async function freeSlug({ repo }: Scope, title: string): Promise<string> {
  const plain = title
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 80)
  const slug = plain || "article"
  const taken = await repo.exists(Article, { where: eq(articles.slug, slug) })
  return taken ? `${slug}-${crypto.randomUUID().slice(0, 8)}` : slug
}

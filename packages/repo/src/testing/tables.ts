import { type Changeset, change, schema } from "@bennu/schema"
import {
  bigint,
  boolean,
  customType,
  date,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core"

export const users = pgTable("users", {
  id: uuid().primaryKey().defaultRandom(),
  email: text().notNull().unique(),
})
export const profiles = pgTable("profiles", {
  id: uuid().primaryKey().defaultRandom(),
  userId: uuid()
    .notNull()
    .references(() => users.id),
  bio: text().notNull(),
})
export const articles = pgTable("articles", {
  id: uuid().primaryKey().defaultRandom(),
  slug: text().notNull(),
  title: text().notNull(),
  authorId: uuid().references(() => users.id),
  likes: integer().notNull().default(0),
})
export const tags = pgTable("tags", {
  id: uuid().primaryKey().defaultRandom(),
  name: text().notNull(),
})
export const articleTags = pgTable(
  "article_tags",
  {
    articleId: uuid()
      .notNull()
      .references(() => articles.id),
    tagId: uuid()
      .notNull()
      .references(() => tags.id),
  },
  ({ articleId, tagId }) => [primaryKey({ columns: [articleId, tagId] })],
)
const bytea = customType<{ data: Uint8Array }>({ dataType: () => "bytea" })
export const samples = pgTable("samples", {
  id: integer().primaryKey(),
  at: timestamp({ withTimezone: true }),
  local: timestamp(),
  day: date(),
  json: jsonb(),
  words: text().array(),
  numbers: integer().array(),
  flags: boolean().array(),
  exact: numeric(),
  big: bigint({ mode: "bigint" }),
  flag: boolean(),
  bytes: bytea(),
})

export const User = schema(users, {
  hasOne: { profile: () => Profile },
  hasMany: { articles: { to: () => articles, by: "authorId" } },
})
export const Profile = schema(profiles)
export const Tag = schema(tags)
export const Article = schema(articles, {
  belongsTo: { author: { to: () => users, by: "authorId" } },
  manyToMany: { tags: { to: () => tags, through: () => articleTags } },
})
export const ArticleTag = schema(articleTags)
export const Sample = schema(samples)

/** Column names as `casing: "snake_case"` writes them. */
export const createTables: readonly string[] = [
  "create table users (id uuid primary key default gen_random_uuid(), email text not null unique)",
  `create table profiles (id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users, bio text not null)`,
  `create table articles (id uuid primary key default gen_random_uuid(), slug text not null unique,
    title text not null, author_id uuid references users,
    likes integer not null default 0, constraint articles_likes_check check (likes >= 0))`,
  "create table tags (id uuid primary key default gen_random_uuid(), name text not null unique)",
  `create table article_tags (article_id uuid not null references articles, tag_id uuid not null references tags,
    primary key (article_id, tag_id))`,
  `create table samples (id integer primary key, at timestamptz, local timestamp, day date, json jsonb,
    words text[], numbers integer[], flags boolean[], exact numeric, big bigint, flag boolean, bytes bytea)`,
]
export const emptyTables = "truncate users, profiles, articles, tags, article_tags, samples cascade"

/** The key of a row that is not there. */
export const nobody = "00000000-0000-4000-8000-000000000000"
export const newUser = (email: string): Changeset<typeof User> => change(User, {}, { email })
export const newArticle = (
  slug: string,
  more: Partial<typeof articles.$inferInsert> = {},
): Changeset<typeof Article> => change(Article, {}, { slug, title: slug, ...more })

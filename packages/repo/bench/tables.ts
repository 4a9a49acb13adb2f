import { schema } from "@bennu/schema"
import { integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core"

export const users = pgTable("users", {
  id: uuid().primaryKey().defaultRandom(),
  email: text().notNull(),
  bio: text(),
})
export const articles = pgTable("articles", {
  id: uuid().primaryKey().defaultRandom(),
  slug: text().notNull(),
  title: text().notNull(),
  body: text().notNull(),
  authorId: uuid("author_id")
    .notNull()
    .references(() => users.id),
  likes: integer().notNull().default(0),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
})
export const tags = pgTable("tags", {
  id: uuid().primaryKey().defaultRandom(),
  name: text().notNull(),
})
export const articleTags = pgTable(
  "article_tags",
  {
    articleId: uuid("article_id")
      .notNull()
      .references(() => articles.id),
    tagId: uuid("tag_id")
      .notNull()
      .references(() => tags.id),
  },
  ({ articleId, tagId }) => [primaryKey({ columns: [articleId, tagId] })],
)
export const logs = pgTable("logs", {
  id: integer().primaryKey(),
  line: text().notNull(),
  at: timestamp({ withTimezone: true }).notNull(),
})
export const User = schema(users)
export const Tag = schema(tags)
export const Log = schema(logs)
export const Article = schema(articles, {
  belongsTo: { author: { to: () => users, by: "authorId" } },
  manyToMany: { tags: { to: () => Tag, through: () => articleTags } },
})
export const Author = schema(users, {
  hasMany: { articles: { to: () => Article, by: "authorId" } },
})

export const setup: readonly string[] = [
  `create table users (id uuid primary key default gen_random_uuid(), email text not null, bio text)`,
  `create table articles (id uuid primary key default gen_random_uuid(), slug text not null, title text not null,
    body text not null, author_id uuid not null references users, likes integer not null default 0,
    created_at timestamptz not null default now())`,
  `create index on articles (author_id)`,
  `create index on articles (title)`,
  `create table tags (id uuid primary key default gen_random_uuid(), name text not null)`,
  `create table article_tags (article_id uuid not null references articles, tag_id uuid not null references tags,
    primary key (article_id, tag_id))`,
  `create table logs (id integer primary key, line text not null, at timestamptz not null)`,
  `insert into users (email, bio) select 'user' || n || '@example.com', 'bio' from generate_series(1, 50) n`,
  `insert into tags (name) select 'tag' || n from generate_series(1, 20) n`,
  `insert into articles (slug, title, body, author_id) select 'slug' || n, 'title' || lpad(n::text, 4, '0'),
    repeat('otters ', 30), (select id from users offset n % 50 limit 1) from generate_series(1, 500) n`,
  `insert into article_tags select a.id, t.id from articles a, tags t where (hashtext(a.slug || t.name) & 7) = 0`,
  `insert into logs select n, 'line ' || n, now() from generate_series(1, 10000) n`,
  `analyze`,
]

import { action, type Conn } from "@bennu/plug"
import * as z from "zod"
import * as Articles from "./articles.ts"
import type { Scope } from "./vocabulary.ts"

type Scoped = Conn<{ scope: Scope }>

const brief = ({
  slug,
  title,
  description,
  author,
  tags,
  insertedAt,
  updatedAt,
}: Articles.Article) => ({
  slug,
  title,
  description,
  tagList: tags.map(({ name }) => name),
  createdAt: insertedAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
  favorited: false,
  favoritesCount: 0,
  author: { username: author, bio: "", image: "", following: false },
})

const Filter = z.object({
  tag: z.string().optional(),
  author: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).default(0),
})
export const listArticles = action({ query: Filter }, async (conn: Scoped, { query }) => {
  const { articles, total } = await Articles.list(conn.assigns.scope, query)
  return conn.json({ articles: articles.map(brief), articlesCount: total })
})

export const showArticle = async (conn: Conn<{ scope: Scope }, "slug">) => {
  const article = await Articles.find(conn.assigns.scope, conn.params.slug)
  if (article === null)
    return conn.json({ errors: { body: ["there is no article of that name"] } }).withStatus(422)
  return conn.json({ article: { ...brief(article), body: article.body } })
}

export const listTags = async (conn: Scoped) =>
  conn.json({ tags: await Articles.popularTags(conn.assigns.scope) })

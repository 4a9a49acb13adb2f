import { err, ok, type Result } from "@bennu/core"
import { action, type Conn, fallback, only } from "@bennu/plug"
import * as z from "zod"
import * as Articles from "./articles.ts"
import { path } from "./routes.ts"
import type { Scope } from "./vocabulary.ts"

type Scoped = Conn<{ scope: Scope }>

const Profile = z.object({
  username: z.string(),
  bio: z.string(),
  image: z.string(),
  following: z.boolean(),
})
const Brief = z.object({
  slug: z.string(),
  title: z.string(),
  description: z.string(),
  tagList: z.array(z.string()),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  favorited: z.boolean(),
  favoritesCount: z.int(),
  author: Profile,
})
const Full = Brief.extend({ body: z.string() })

const shown = ({ reader, tags, insertedAt, updatedAt, author, ...rest }: Articles.Article) => ({
  ...rest,
  tagList: tags.map(({ name }) => name),
  createdAt: insertedAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
  favorited: false,
  favoritesCount: 0,
  author: {
    username: author,
    bio: "",
    image: reader?.picture ? path.picture({ file: reader.picture }) : "",
    following: false,
  },
})

const Filter = z.object({
  tag: z.string().optional(),
  author: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).default(0),
})

const missing = { code: "missing", message: "there is no article of that name" } as const
type Missing = typeof missing

/** How the contexts' errors are answered; one that is not named here does not compile. The specification has one form for all. */
const errors = fallback<Missing>({
  missing: ({ message }, conn) => conn.json({ errors: { body: [message] } }).withStatus(422),
})

/** The handlers, under the names of their paths: `only` lets out what a schema names, and describes it. */
export const api = {
  apiArticles: {
    index: action(
      { query: Filter, docs: { summary: "Recent articles", operationId: "GetArticles" } },
      async (conn: Scoped, { query }) => {
        const { articles, total } = await Articles.list(conn.assigns.scope, query)
        return ok({ articles: articles.map(shown), articlesCount: total })
      },
      { json: only(z.object({ articles: z.array(Brief), articlesCount: z.int() })), errors },
    ),
    show: action(
      {
        params: z.object({ slug: z.string() }),
        docs: { summary: "An article", operationId: "GetArticle" },
      },
      async (
        conn: Scoped,
        { params },
      ): Promise<Result<{ article: z.input<typeof Full> }, Missing>> => {
        const article = await Articles.find(conn.assigns.scope, params.slug)
        return article === null ? err(missing) : ok({ article: shown(article) })
      },
      { json: only(z.object({ article: Full })), errors },
    ),
  },
  apiTags: action(
    { docs: { summary: "Tags", operationId: "GetTags" } },
    async (conn: Scoped) => ok({ tags: await Articles.popularTags(conn.assigns.scope) }),
    { json: only(z.object({ tags: z.array(z.string()) })), errors },
  ),
}

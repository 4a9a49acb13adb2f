import { type Generated, Kysely } from "kysely"
import { PostgresJSDialect } from "kysely-postgres-js"
import postgres from "postgres"
import { POOL, type Side } from "./side.ts"

interface Tables {
  users: { id: Generated<string>; email: string; bio: string | null }
  articles: {
    id: Generated<string>
    slug: string
    title: string
    body: string
    author_id: string
    likes: Generated<number>
    created_at: Generated<Date>
  }
  tags: { id: Generated<string>; name: string }
  article_tags: { article_id: string; tag_id: string }
  logs: { id: number; line: string; at: Date }
}

export function withKysely(url: string): Side {
  const db = new Kysely<Tables>({
    dialect: new PostgresJSDialect({ postgres: postgres(url, { max: POOL, onnotice() {} }) }),
  })
  return {
    get: (id) => db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst(),
    insert: (email) => db.insertInto("users").values({ email }).returningAll().executeTakeFirst(),
    async page() {
      const rows = await db.selectFrom("articles").selectAll().orderBy("title").limit(20).execute()
      const [authors, joined] = await Promise.all([
        db
          .selectFrom("users")
          .selectAll()
          .where("id", "in", [...new Set(rows.map((row) => row.author_id))])
          .execute(),
        db
          .selectFrom("article_tags")
          .innerJoin("tags", "tags.id", "article_tags.tag_id")
          .select(["article_tags.article_id", "tags.id", "tags.name"])
          .where(
            "article_tags.article_id",
            "in",
            rows.map((row) => row.id),
          )
          .execute(),
      ])
      const byId = new Map(authors.map((author) => [author.id, author]))
      const ofArticle = Map.groupBy(joined, (row) => row.article_id)
      return rows.map((row) => ({
        ...row,
        author: byId.get(row.author_id),
        tags: ofArticle.get(row.id) ?? [],
      }))
    },
    rows: () => db.selectFrom("logs").selectAll().execute(),
    nested: (n) =>
      db.transaction().execute(async (tx) => {
        const { id } = await tx
          .insertInto("users")
          .values({ email: `nested${n}@example.com` })
          .returningAll()
          .executeTakeFirstOrThrow()
        for (const slug of ["a", "b"])
          await tx
            .insertInto("articles")
            .values({ slug, title: "zz", body: "b", author_id: id })
            .returningAll()
            .executeTakeFirst()
      }),
    stop: () => db.destroy(),
  }
}

import postgres from "postgres"
import { POOL, type Side } from "./side.ts"

export function raw(url: string): Side {
  const sql = postgres(url, { max: POOL, onnotice() {} })
  return {
    async get(id) {
      const [row] = await sql`select id, email, bio from users where id = ${id}`
      return row
    },
    async insert(email) {
      const [row] = await sql`insert into users (email) values (${email}) returning id, email, bio`
      return row
    },
    async page() {
      const rows =
        await sql`select id, slug, title, body, author_id, likes, created_at from articles order by title limit 20`
      const [authors, tags] = await Promise.all([
        sql`select id, email, bio from users where id = any(${[...new Set(rows.map((row) => row.author_id))]}) order by id`,
        sql`select at.article_id, t.id, t.name from article_tags at join tags t on t.id = at.tag_id
          where at.article_id = any(${rows.map((row) => row.id)}) order by t.id`,
      ])
      const byId = new Map(authors.map((author) => [author.id, author]))
      const ofArticle = Map.groupBy(tags, (tag) => tag.article_id)
      return rows.map((row) => ({
        ...row,
        author: byId.get(row.author_id),
        tags: ofArticle.get(row.id) ?? [],
      }))
    },
    rows: () => sql`select id, line, at from logs`,
    nested: (n) =>
      sql.begin(async (tx) => {
        const [user] =
          await tx`insert into users (email) values (${`nested${n}@example.com`}) returning id, email, bio`
        for (const slug of ["a", "b"])
          await tx`insert into articles (slug, title, body, author_id) values (${slug}, 'zz', 'b', ${user?.id}) returning *`
        return user
      }),
    stop: () => sql.end(),
  }
}

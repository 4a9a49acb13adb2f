import { eq, inArray, sql as raw } from "drizzle-orm"
import { drizzle } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import { POOL, type Side } from "./side.ts"
import { articles, articleTags, logs, tags, users } from "./tables.ts"

/** @param prepared Whether queries are built once (`prepare`), which not all can be. */
export function withDrizzle(url: string, prepared: boolean): Side {
  const client = postgres(url, { max: POOL, onnotice() {} })
  const db = drizzle(client)
  const get = () =>
    db
      .select()
      .from(users)
      .where(eq(users.id, raw.placeholder("id")))
  const insert = () =>
    db
      .insert(users)
      .values({ email: raw.placeholder("email") })
      .returning()
  const list = () => db.select().from(articles).orderBy(articles.title).limit(20)
  const rows = () => db.select().from(logs)
  const once = {
    get: get().prepare("get_user"),
    insert: insert().prepare("insert_user"),
    list: list().prepare("list_articles"),
    rows: rows().prepare("list_logs"),
  }
  return {
    get: (id) =>
      prepared ? once.get.execute({ id }) : db.select().from(users).where(eq(users.id, id)),
    insert: (email) =>
      prepared ? once.insert.execute({ email }) : db.insert(users).values({ email }).returning(),
    async page() {
      const found = await (prepared ? once.list.execute() : list())
      const [authors, joined] = await Promise.all([
        db
          .select()
          .from(users)
          .where(inArray(users.id, [...new Set(found.map((row) => row.authorId))])),
        db
          .select({ of: articleTags.articleId, tag: tags })
          .from(articleTags)
          .innerJoin(tags, eq(tags.id, articleTags.tagId))
          .where(
            inArray(
              articleTags.articleId,
              found.map((row) => row.id),
            ),
          ),
      ])
      const byId = new Map(authors.map((author) => [author.id, author]))
      const ofArticle = Map.groupBy(joined, ({ of }) => of)
      return found.map((row) => ({
        ...row,
        author: byId.get(row.authorId),
        tags: (ofArticle.get(row.id) ?? []).map(({ tag }) => tag),
      }))
    },
    rows: () => (prepared ? once.rows.execute() : rows()),
    nested: (n) =>
      db.transaction(async (tx) => {
        const [user] = await tx
          .insert(users)
          .values({ email: `nested${n}@example.com` })
          .returning()
        for (const slug of ["a", "b"])
          await tx
            .insert(articles)
            .values({ slug, title: "zz", body: "b", authorId: user?.id ?? "" })
            .returning()
        return user
      }),
    stop: () => client.end(),
  }
}

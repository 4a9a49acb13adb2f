import { defineEntity, MikroORM, p } from "@mikro-orm/postgresql"
import { POOL, type Side } from "./side.ts"

const User = defineEntity({
  name: "User",
  tableName: "users",
  properties: {
    id: p.uuid().primary().defaultRaw("gen_random_uuid()"),
    email: p.text(),
    bio: p.text().nullable(),
  },
})
const Tag = defineEntity({
  name: "Tag",
  tableName: "tags",
  properties: { id: p.uuid().primary().defaultRaw("gen_random_uuid()"), name: p.text() },
})
const Article = defineEntity({
  name: "Article",
  tableName: "articles",
  properties: {
    id: p.uuid().primary().defaultRaw("gen_random_uuid()"),
    slug: p.text(),
    title: p.text(),
    body: p.text(),
    author: () => p.manyToOne(User).joinColumn("author_id"),
    likes: p.integer().default(0),
    createdAt: p.datetime().defaultRaw("now()").name("created_at"),
    tags: () =>
      p
        .manyToMany(Tag)
        .pivotTable("article_tags")
        .joinColumn("article_id")
        .inverseJoinColumn("tag_id"),
  },
})
const Log = defineEntity({
  name: "Log",
  tableName: "logs",
  properties: { id: p.integer().primary(), line: p.text(), at: p.datetime() },
})

export async function withMikro(url: string): Promise<Side> {
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [User, Tag, Article, Log],
    pool: { max: POOL },
    loadStrategy: "select-in",
  })
  return {
    get: (id) => orm.em.fork().findOne(User, { id }),
    async insert(email) {
      const em = orm.em.fork()
      const user = em.create(User, { email })
      await em.flush()
      return user
    },
    page: () =>
      orm.em
        .fork()
        .find(Article, {}, { orderBy: { title: "asc" }, limit: 20, populate: ["author", "tags"] }),
    rows: () => orm.em.fork().find(Log, {}),
    async nested(n) {
      const em = orm.em.fork()
      const author = em.create(User, { email: `nested${n}@example.com` })
      for (const slug of ["a", "b"]) em.create(Article, { slug, title: "zz", body: "b", author })
      await em.flush()
    },
    stop: () => orm.close(true),
  }
}

import { openRepo } from "@bennu/repo"
import { postgres } from "@bennu/repo/postgres"
import { change } from "@bennu/schema"
import { POOL, type Side } from "./side.ts"
import { Article, Author, articles, Log, User } from "./tables.ts"

export async function ours(url: string): Promise<Side> {
  const repo = await openRepo({ driver: postgres({ url, poolSize: POOL }) }).start(
    new AbortController().signal,
  )
  return {
    get: (id) => repo.get(User, id),
    insert: (email) => repo.insert(change(User, {}, { email })),
    page: () =>
      repo.all(Article, { orderBy: articles.title, limit: 20, preload: ["author", "tags"] }),
    rows: () => repo.all(Log),
    nested: (n) =>
      repo.insert(
        change(Author, {}, { email: `nested${n}@example.com` }).putAssoc("articles", [
          change(Article, {}, { slug: "a", title: "zz", body: "b" }),
          change(Article, {}, { slug: "b", title: "zz", body: "b" }),
        ]),
      ),
    stop: async () => repo[Symbol.asyncDispose](),
  }
}

import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import type { Repo } from "@bennu/repo"
import { change } from "@bennu/schema"
import { inArray } from "drizzle-orm"
import { Article, articles, tagsOf } from "./articles.ts"

const folder = join(import.meta.dirname, "../seeds/articles")

/** The head of a seed, `name: value` a line, and the Markdown below it. */
function parse(file: string, text: string) {
  const [, head = "", body = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? []
  const fields = new Map(
    head
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  )
  const field = (name: string) => {
    const value = fields.get(name)
    if (!value) throw new Error(`seeds/articles/${file} has no ${name}`)
    return value
  }
  const at = new Date(`${field("date")}T08:00:00Z`)
  return {
    tags: field("tags"),
    article: {
      slug: file.replace(/\.md$/, ""),
      title: field("title"),
      description: field("description"),
      author: field("author"),
      body: body.trim(),
      insertedAt: at,
      updatedAt: at,
    },
  }
}

/** Some dozens of articles about the system itself. */
export async function writeArticles(repo: Repo): Promise<void> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".md")).sort()
  const seeds = await Promise.all(
    files.map(async (file) => parse(file, await readFile(join(folder, file), "utf8"))),
  )
  const slugs = seeds.map(({ article }) => article.slug)
  const there = await repo.all(Article, { where: inArray(articles.slug, slugs) })
  const known = new Set(there.map(({ slug }) => slug))
  for (const { article, tags } of seeds.filter(({ article }) => !known.has(article.slug))) {
    const rows = await tagsOf(repo, tags)
    const written = await repo.insert(change(Article, article).putAssoc("tags", rows))
    if (!written.ok) throw new Error(`${article.slug} was refused`, { cause: written.error })
  }
}

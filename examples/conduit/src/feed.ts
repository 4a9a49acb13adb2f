import { html } from "@bennu/html"
import { action, type Conn, Reply } from "@bennu/plug"
import * as z from "zod"
import type { Article } from "./articles.ts"
import * as Articles from "./articles.ts"
import { prose } from "./markdown.ts"
import { feeds, path } from "./routes.ts"
import type { Scope } from "./vocabulary.ts"

interface Feed {
  readonly origin: string
  readonly articles: readonly Article[]
  readonly updated: Date
}

// XML lets no control character through, not even an escaped one: XML 1.0 §2.2
const legible = (text: string) => text.replaceAll(/[^\t\n\r\P{Cc}]|[\ufffe\uffff]/gu, "")

const entry = (origin: string, { slug, title, description, author, ...rest }: Article) => html`
  <entry>
    <id>${origin + path.article({ slug })}</id>
    <title>${legible(title)}</title>
    <link href="${origin + path.article({ slug })}"/>
    <author><name>${legible(author)}</name></author>
    <published>${rest.insertedAt.toISOString()}</published>
    <updated>${rest.updatedAt.toISOString()}</updated>
    ${summary(description)}
    <content type="html">${legible(String(prose(rest.body)))}</content>
  </entry>`

// by itself: in HTML it would belong into <details>
const summary = (text: string) => html`<summary>${legible(text)}</summary>`

/** @see RFC 4287 */
const atom = ({ origin, articles, updated }: Feed): string =>
  String(html`<feed xmlns="http://www.w3.org/2005/Atom">
  <id>${origin + path.home()}</id>
  <title>Conduit</title>
  <link rel="self" href="${origin + path.feed({ format: "atom" })}"/>
  <updated>${updated.toISOString()}</updated>${articles.map((article) => entry(origin, article))}
</feed>`)

/** @see https://www.jsonfeed.org/version/1.1/ */
const json = ({ origin, articles }: Feed): string =>
  JSON.stringify({
    version: "https://jsonfeed.org/version/1.1",
    title: "Conduit",
    home_page_url: origin + path.home(),
    feed_url: origin + path.feed({ format: "json" }),
    items: articles.map(({ slug, title, description, author, body, tags, ...rest }) => ({
      id: origin + path.article({ slug }),
      url: origin + path.article({ slug }),
      title,
      summary: description,
      content_html: String(prose(body)),
      date_published: rest.insertedAt.toISOString(),
      date_modified: rest.updatedAt.toISOString(),
      authors: [{ name: author }],
      tags: tags.map(({ name }) => name),
    })),
  })

const written = { atom, json }

/** What feed readers ask for, again and again: they get it once, until something is new. */
export const feed = action(
  {
    params: z.object({ format: z.enum(feeds) }),
    headers: z.object({ "if-none-match": z.string().default("") }),
  },
  async (conn: Conn<{ scope: Scope }, "format">, { params, headers }) => {
    const { articles } = await Articles.list(conn.assigns.scope, { limit: 20, offset: 0 })
    const updated = new Date(Math.max(0, ...articles.map(({ updatedAt }) => Number(updatedAt))))
    const etag = `W/"${params.format}-${Number(updated)}-${articles.length}"`
    if (headers["if-none-match"].includes(etag)) return new Reply(304, [["etag", etag]], null)
    const text = written[params.format]({ origin: conn.origin, articles, updated })
    const type = types[params.format]
    return conn.text(text).withHeader("content-type", type).withHeader("etag", etag)
  },
)
const types = {
  atom: "application/atom+xml; charset=utf-8",
  json: "application/feed+json; charset=utf-8",
} as const

import { each, html } from "@bennu/html"
import { link, on } from "@bennu/live"
import * as z from "zod"
import * as Articles from "../articles.ts"
import { preview, tagLinks } from "../components.ts"
import { path } from "../routes.ts"
import { liveView, type Scope } from "../vocabulary.ts"

const perPage = 10
const Params = z.object({
  page: z.coerce.number().int().min(1).max(10_000).catch(1).default(1),
  tag: z.string().max(30).optional(),
})
async function load(scope: Scope, { page, tag }: z.output<typeof Params>) {
  const at = (page: number) =>
    Articles.list(scope, { tag, limit: perPage, offset: (page - 1) * perPage })
  const [found, tags] = await Promise.all([at(page), Articles.popularTags(scope)])
  const last = Math.max(1, Math.ceil(found.total / perPage))
  // an old address may lead behind the last page
  return page > last
    ? { ...(await at(last)), tags, page: last, pages: last, tag }
    : { ...found, tags, page, pages: last, tag }
}

/** The feed of everybody's articles, in pages, perhaps of one tag. */
export const HomeLive = liveView({
  params: Params,
  public: true,
  mount: () => ({
    articles: [] as Articles.Article[],
    tags: [] as string[],
    page: 1,
    pages: 1,
    tag: undefined as string | undefined,
  }),
  handleParams: async (socket, params) => socket.assign(await load(socket.scope, params)),
  subscribe: (_) => [
    on(Articles.published, async (socket) =>
      socket.assign(await load(socket.scope, socket.params)),
    ),
  ],
  title: ({ tag }) => (tag === undefined ? "Articles" : `Articles about ${tag}`),
  render: ({ articles, tags, page, pages, tag }) => {
    const to = (page: number) => link({ patch: path.home({ page, tag }) })
    return html`<div class="lede">
      <h1>${tag === undefined ? "Notes on a live system" : html`Articles about <em>${tag}</em>`}</h1>
      <p>${tag === undefined ? "How these pages work, written by the people who build them. Open one in two windows." : html`<a ${link({ patch: path.home() })}>All articles</a>`}</p>
    </div>
    <div class="columns">
      <section aria-label="Articles">
        ${articles.length === 0 ? html`<p class="empty">Nothing here yet. <a ${link({ href: path.write() })}>Write the first one.</a></p>` : ""}
        <ol class="feed">${each(articles, (article) => article.slug, preview)}</ol>
        <nav class="pages" aria-label="Pages">
          ${page > 1 ? html`<a rel="prev" ${to(page - 1)}>Newer</a>` : html`<span></span>`}
          <span>Page ${page} of ${pages}</span>
          ${page < pages ? html`<a rel="next" ${to(page + 1)}>Older</a>` : html`<span></span>`}
        </nav>
      </section>
      <aside class="sidebar"><h2>Tags</h2>${tagLinks(tags, tag)}</aside>
    </div>`
  },
})

import { each, type Html, html, jsonScript } from "@bennu/html"
import { freshForm, link, on } from "@bennu/live"
import { formParams, toForm } from "@bennu/schema"
import * as z from "zod"
import * as Articles from "../articles.ts"
import * as Comments from "../comments.ts"
import { avatar, control, when } from "../components.ts"
import { prose } from "../markdown.ts"
import { path } from "../routes.ts"
import { liveView } from "../vocabulary.ts"

/** Each author has a colour: the policy lets no style attribute through, but a style that has the page's nonce. */
const hueOf = (author: string): number =>
  [...author].reduce((hue, letter) => (hue * 31 + letter.charCodeAt(0)) % 360, 7)
const blank = () => toForm(Comments.changeset(), { as: "comment" })
const comment = ({
  author,
  body,
  insertedAt,
  reader,
}: Comments.Comment): Html => html`<li class="comment">
  ${avatar({ name: author, picture: reader?.picture ?? null })}
  <p>${body}</p>
  <p class="byline">${author}, ${when(insertedAt)}</p>
</li>`

/** One article, and what its readers say about it as they say it. */
export const ArticleLive = liveView({
  params: z.object({ slug: z.string().max(200) }),
  events: { validate: formParams("comment"), post: formParams("comment") },
  public: true,
  async mount({ scope, params }) {
    const article = await Articles.fetch(scope, params.slug)
    return {
      article,
      text: prose(article.body),
      comments: await Comments.list(scope, article.id),
      form: blank(),
      posted: 0,
      mine: Articles.mayEdit(scope, article),
      named: scope.reader !== null,
    }
  },
  handleEvent: {
    validate: (socket, params) =>
      socket.assign({ form: toForm(Comments.changeset({}, params), { as: "comment" }) }),
    async post(socket, params) {
      const { reader } = socket.scope
      if (reader === null) return socket.redirect(path.name())
      const saved = await Comments.post({ ...socket.scope, reader }, socket.assigns.article, params)
      if (!saved.ok) return socket.assign({ form: toForm(saved.error, { as: "comment" }) })
      return socket.assign({ form: blank() }).update("posted", (posted) => posted + 1)
    },
  },
  subscribe: ({ assigns: { article } }) => [
    on(Comments.commentsOn(article.id), async (socket) =>
      socket.assign({ comments: await Comments.list(socket.scope, article.id) }),
    ),
    on(Articles.published, async (socket, { slug }) => {
      if (slug !== socket.params.slug) return
      const article = await Articles.fetch(socket.scope, slug)
      return socket.assign({ article, text: prose(article.body) })
    }),
  ],
  title: ({ article }) => article.title,
  head: ({ article: { title, description, author, insertedAt, updatedAt } }) => {
    const about = {
      "@context": "https://schema.org",
      "@type": "BlogPosting",
      headline: title,
      description,
      author: { "@type": "Person", name: author },
      datePublished: insertedAt.toISOString(),
      dateModified: updatedAt.toISOString(),
    }
    return html`<meta name="description" content="${description}">
    ${jsonScript("about", about, { type: "application/ld+json" })}`
  },
  render: (
    { article, text, comments, form, posted, mine, named },
    { validate, post },
    { nonce },
  ) => html`<style nonce="${nonce}">.article { --hue: ${hueOf(article.author)} }</style>
    <article class="article">
      <header>
        <h1>${article.title}</h1>
        <p class="standfirst">${article.description}</p>
        <div class="meta">
          <p class="byline">${article.author}, ${when(article.insertedAt)}</p>
          <ul class="tags">${article.tags.map(({ name }) => html`<li><a class="tag" ${link({ navigate: path.home({ tag: name }) })}>${name}</a></li>`)}</ul>
          ${mine && html`<a ${link({ href: path.edit({ slug: article.slug }) })}>Edit</a>`}
        </div>
      </header>
      <div class="prose">${text}</div>
    </article>
    <section class="comments" aria-labelledby="comments-title">
      <h2 id="comments-title">${comments.length === 0 ? "No comments yet" : comments.length === 1 ? "One comment" : `${comments.length} comments`}</h2>
      <ol id="comments">${each(comments, ({ id }) => id, comment)}</ol>
      ${
        named
          ? html`<form class="stack" id="comment-form" phx-change="${validate}" phx-submit="${post}">
            ${control({ field: form.fields.body, label: "Your comment", rows: "short" })}
            <button phx-disable-with="Posting…">Post</button>
            ${freshForm(`comment-${posted}`)}
          </form>`
          : html`<p><a ${link({ href: path.name({ to: path.article({ slug: article.slug }) }) })}>Choose a name</a> to write a comment.</p>`
      }
    </section>`,
})

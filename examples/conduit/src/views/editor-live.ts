import { html } from "@bennu/html"
import { formParams, toForm } from "@bennu/schema"
import * as z from "zod"
import * as Articles from "../articles.ts"
import { control } from "../components.ts"
import { prose } from "../markdown.ts"
import { path } from "../routes.ts"
import { readerView } from "../vocabulary.ts"

const formOf = (changeset: ReturnType<typeof Articles.changeset>) =>
  toForm(changeset, { as: "article" })
const tagList = (article: Articles.Article) => article.tags.map(({ name }) => name).join(", ")

/** Writes a new article, or changes one of your own, and says what is missing while you type. */
export const EditorLive = readerView({
  params: z.object({ slug: z.string().max(200).optional() }),
  events: { validate: formParams("article"), save: formParams("article") },
  authorize: ({ reader }) => reader !== null,
  async mount({ scope, params }) {
    if (params.slug === undefined)
      return { article: null as Articles.Article | null, form: formOf(Articles.changeset()) }
    const article = await Articles.fetchOwn(scope, params.slug)
    return { article, form: formOf(Articles.changeset({ ...article, tagList: tagList(article) })) }
  },
  handleEvent: {
    validate: (socket, params) =>
      socket.assign({ form: formOf(Articles.changeset(socket.assigns.article ?? {}, params)) }),
    async save(socket, params) {
      const { scope, assigns } = socket
      const saved =
        assigns.article === null
          ? await Articles.create(scope, params)
          : await Articles.update(scope, assigns.article, params)
      if (!saved.ok) return socket.assign({ form: formOf(saved.error) })
      return socket
        .putFlash("info", "Published.")
        .redirect(path.article({ slug: saved.value.slug }))
    },
  },
  title: ({ article }) => (article === null ? "Write" : `Edit ${article.title}`),
  render: ({ article, form: { fields } }, { validate, save }) => html`<div class="lede">
      <h1>${article === null ? "Write an article" : "Edit your article"}</h1>
    </div>
    <div class="editor">
      <form class="stack" id="article-form" phx-change="${validate}" phx-submit="${save}">
        ${control({ field: fields.title, label: "Title" })}
        ${control({ field: fields.description, label: "Summary", hint: "One sentence, shown in the list." })}
        ${control({ field: fields.body, label: "Text", hint: "In Markdown.", rows: "long" })}
        ${control({ field: fields.tagList, label: "Tags", hint: "Up to six, with commas between." })}
        <button phx-disable-with="Publishing…">Publish</button>
      </form>
      ${
        fields.body.value.trim() !== "" &&
        html`<section class="preview" aria-label="Preview">
          <h2>Preview</h2>
          <div class="prose">${prose(fields.body.value)}</div>
        </section>`
      }
    </div>`,
})

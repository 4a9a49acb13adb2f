import { html } from "@bennu/html"
import { later } from "@bennu/html/stream"
import { type Conn, flashOf, render, streamPage } from "@bennu/plug"
import * as Articles from "./articles.ts"
import { shell, when } from "./components.ts"
import { path } from "./routes.ts"
import type { Scope } from "./vocabulary.ts"

async function* lines(scope: Scope) {
  for await (const { slug, title, author, insertedAt } of Articles.everything(scope))
    yield html`<li><a href="${path.article({ slug })}">${title}</a> <span class="byline">${author}, ${when(insertedAt)}</span></li>`
}

/** Every article, a line each: sent as the rows are read, so that neither we nor the reader wait for the last one. */
export const archive = (conn: Conn<{ scope: Scope }>) => {
  const { scope } = conn.assigns
  return render(conn, {
    html: () => {
      const total = later(Articles.count(scope), html`…`)
      const content = html`<div class="lede"><h1>All articles</h1><p>${total} of them, the newest first.</p></div>
        <ol class="archive">${later(() => lines(scope))}</ol>`
      const shown = shell({ scope, flash: flashOf(conn), at: conn.path, content })
      return streamPage(conn, { title: "All articles", content: shown })
    },
    json: async () => {
      const all = []
      for await (const { slug, title, author } of Articles.everything(scope))
        all.push({ slug, title, author })
      return all
    },
  })
}

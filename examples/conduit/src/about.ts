import { html } from "@bennu/html"
import { type Conn, flashOf } from "@bennu/plug"
import { shell } from "./components.ts"
import { path } from "./routes.ts"
import type { Scope } from "./vocabulary.ts"

/** A page that no live view stands behind. */
export const about = (conn: Conn<{ scope: Scope }>) =>
  conn.page({
    title: "About",
    content: shell({
      scope: conn.assigns.scope,
      flash: flashOf(conn),
      at: conn.path,
      content: html`<article class="article"><header><h1>About this site</h1></header>
        <div class="prose">
          <p>This is Conduit, the blog that many frameworks have built, made of Bennu's packages. Its pages are live:
          they are ordinary HTML first, and from then on they are kept up to date by the server that made them.</p>
          <p>The articles tell how it works. Open one in two windows, choose a name in one of them, and write a comment.</p>
          <p>Feed readers find what is new at <a href="${path.feed({ format: "atom" })}">${path.feed({ format: "atom" })}</a>.
          The same articles can be read by programs, at <a href="${path.apiArticles.index()}">${path.apiArticles.index()}</a>; what
          else there is, <a href="${path.apiDescription()}">${path.apiDescription()}</a> describes.</p>
        </div></article>`,
    }),
  })

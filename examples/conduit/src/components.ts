import { attrs, classes, type Html, html } from "@bennu/html"
import { link } from "@bennu/live"
import type { Field } from "@bennu/schema"
import type { Article } from "./articles.ts"
import type { Reader } from "./readers.ts"
import { path } from "./routes.ts"
import type { Scope } from "./vocabulary.ts"

const date = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" })
export const when = (at: Date): Html =>
  html`<time datetime="${at.toISOString()}">${date.format(at)}</time>`

interface Control {
  readonly field: Field
  readonly label: string
  readonly hint?: string
  readonly rows?: "long" | "short"
}
/**
 * A labelled input or, with `rows`, a text area; what is wrong stands below it and is tied to it. Its line is there from
 * the start: a button that moves away as somebody presses it is not pressed.
 */
export const control = ({ field, label, hint, rows }: Control): Html => {
  const { id, name, value, errors } = field
  const described = [hint && `${id}-hint`, errors.length > 0 && `${id}-problem`]
    .filter(Boolean)
    .join(" ")
  const shared = {
    id,
    name,
    "aria-invalid": errors.length > 0 ? "true" : null,
    "aria-describedby": described || null,
    "phx-debounce": "200",
  }
  return html`<div>
    <label for="${id}">${label}</label>
    ${
      rows === undefined
        ? html`<input ${attrs({ ...shared, value, autocomplete: "off" })}>`
        : html`<textarea ${attrs({ ...shared, class: rows })}>${value}</textarea>`
    }
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    <p class="problem" id="${id}-problem">${errors.length > 0 && `${label} ${errors.join(", ")}`}</p>
  </div>`
}

/** Who says it: their picture, or the first letter of their name. */
export const avatar = ({ name, picture }: Pick<Reader, "name" | "picture">): Html =>
  picture
    ? html`<img class="avatar" src="${path.picture({ file: picture })}" alt="" width="40" height="40" loading="lazy">`
    : html`<span class="avatar" aria-hidden="true">${[...name][0]}</span>`

export const tagLinks = (names: readonly string[], chosen?: string): Html => html`<ul class="tags">
  ${names.map((name) => html`<li><a class="tag" ${link({ patch: path.home({ tag: name }) })} aria-current="${name === chosen ? "true" : null}">${name}</a></li>`)}
</ul>`

export const preview = ({
  slug,
  title,
  description,
  author,
  insertedAt,
  tags,
}: Article): Html => html`<li>
  <h2><a ${link({ navigate: path.article({ slug }) })}>${title}</a></h2>
  <p>${description}</p>
  <p class="byline">${author}, ${when(insertedAt)} · ${tags.map(({ name }) => name).join(", ")}</p>
</li>`

const message = (kind: "info" | "error", text: string | undefined): Html | undefined =>
  text === undefined
    ? undefined
    : html`<p class="${classes("flash", { error: kind === "error" })}" role="${kind === "error" ? "alert" : "status"}">${text}</p>`

const current = (to: string, at: string) => to === at && attrs({ "aria-current": "page" })

interface Shell {
  readonly scope: Scope
  readonly flash: { readonly info?: string; readonly error?: string }
  /** The path of the page. */
  readonly at: string
  readonly content: Html
}
/** What stands around every page: the masthead, messages, and the note that the connection is gone. */
export const shell = ({ scope: { reader }, flash, at, content }: Shell): Html => html`
  <a class="skip" href="#content">Skip to the text</a>
  <header class="masthead">
    <a class="brand" ${link({ navigate: path.home() })}>Conduit</a>
    <nav aria-label="Site">
      <a ${link({ navigate: path.home() })} ${current(path.home(), at)}>Articles</a>
      <a ${link({ href: path.archive() })} ${current(path.archive(), at)}>Archive</a>
      <a ${link({ href: path.about() })} ${current(path.about(), at)}>About</a>
      <a ${link({ href: path.write() })} ${current(path.write(), at)}>Write</a>
      <a ${link({ href: path.name() })} ${current(path.name(), at)}>${reader === null ? "Choose a name" : reader.name}</a>
    </nav>
  </header>
  <main class="frame" id="content">
    ${message("info", flash.info)}${message("error", flash.error)}
    ${content}
  </main>
  <footer class="colophon">A live system made of small packages. Nothing here is polled.</footer>
  <p class="connection" role="status">Connecting again…</p>`

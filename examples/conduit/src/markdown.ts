import { type Html, raw } from "@bennu/html"
import markdownIt from "markdown-it"
import sanitize from "sanitize-html"

// HTML in the source is shown as text; the sanitiser is the second lock on the same door
const markdown = markdownIt({ html: false, linkify: true, typographer: true })
const allowed = {
  ...sanitize.defaults,
  allowedTags: [
    ..."h2 h3 h4 p a em strong s code pre blockquote ul ol li hr br table thead tbody tr th td".split(
      " ",
    ),
  ],
  allowedAttributes: { a: ["href", "title", "rel"], code: ["class"], pre: ["tabindex"] },
  allowedSchemes: ["http", "https", "mailto"],
  transformTags: {
    h1: "h2",
    a: sanitize.simpleTransform("a", { rel: "nofollow ugc noopener" }),
    // code that is wider than the page scrolls, with the keyboard too
    pre: sanitize.simpleTransform("pre", { tabindex: "0" }),
  },
}

/** An article's Markdown as markup: sanitised, links marked as somebody else's. */
export const prose = (source: string): Html => raw(sanitize(markdown.render(source), allowed))

import { html } from "@bennu/html"
import type { Failure } from "@bennu/plug"
import { path } from "./routes.ts"

const words: Readonly<Record<number, string>> = {
  403: "This is somebody else's.",
  404: "There is nothing here, or not any more.",
  429: "That was a lot at once. Wait a moment, please.",
}

/** What went wrong, in our own words; it needs nothing that could go wrong again. */
export const errorPage =
  (css: string) =>
  ({ status, title, reference }: Failure) =>
    html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · Conduit</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${css}">
  </head>
  <body>
    <header class="masthead"><a class="brand" href="${path.home()}">Conduit</a></header>
    <main class="frame">
      <div class="lede">
        <h1>${title}</h1>
        <p>${words[status] ?? (status < 500 ? "This cannot be answered as it was asked." : "That is our fault, and we have written it down.")}</p>
        <p><a href="${path.home()}">Go to the articles</a></p>
        <p class="byline">Reference ${reference}</p>
      </div>
    </main>
  </body>
</html>`

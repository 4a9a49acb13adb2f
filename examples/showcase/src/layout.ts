import { each, type Html, html } from "@bennu/html"
import { eventNamed, JS, type LiveLayout, link, liveHead, liveRender } from "@bennu/live"
import type { Flash, Layout } from "@bennu/plug"
import type { Assets } from "./build-assets.ts"
import { badge } from "./components.ts"
import { Player } from "./pages/player.ts"
import { path } from "./routes.ts"
import { groups, type Lesson, lessonAt, lessons } from "./tour.ts"
import type { Scope } from "./vocabulary.ts"

/** The document around every page; rendered once, never patched. */
export const document =
  (assets: Assets): Layout =>
  ({ title, head, content, csrfToken, nonce }) =>
    html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title data-default="Showcase" data-suffix=" · Bennu showcase">${title} · Bennu showcase</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${assets.css}" phx-track-static>
    <script type="module" nonce="${nonce}" src="${assets.js}" phx-track-static></script>
    ${liveHead({ csrfToken })}
    ${head}
  </head>
  <body>
    ${content}
    <p class="offline" id="offline" role="status" hidden>Connecting again…</p>
  </body>
</html>`

const dismiss = eventNamed("lv:clear-flash")

const message = (kind: keyof Flash, text: string | undefined): Html | undefined =>
  text === undefined
    ? undefined
    : html`<div class="flash ${kind}" id="flash-${kind}" role="${kind === "error" ? "alert" : "status"}">
        <p>${text}</p>
        <button type="button" class="quiet" aria-label="Dismiss" phx-click="${JS.push(dismiss, { value: { key: kind } }).hide({ to: `#flash-${kind}` })}">×</button>
      </div>`

export const messages = ({ info, error }: Flash): Html =>
  html`<div class="messages">${message("info", info)}${message("error", error)}</div>`

const contents = (
  here: Lesson | undefined,
): Html => html`<nav class="contents" aria-label="The tour">
  ${each(
    groups,
    ({ name }) => name,
    ({ name, lessons }) => html`<h2>${name}</h2>
      <ul>${each(
        lessons,
        ({ href }) => href,
        ({ href, name }) =>
          html`<li><a ${link({ navigate: href })} aria-current="${href === here?.href ? "page" : null}">${name}</a></li>`,
      )}</ul>`,
  )}
</nav>`

const beside = ({
  sources,
}: Lesson): Html => html`<aside class="sources" aria-label="Source code of this page">
  ${each(
    sources,
    ({ file }) => file,
    ({ file, code }) => html`<section>
      <h2>src/${file}</h2>
      <pre tabindex="0" role="region" aria-label="src/${file}"><code>${code}</code></pre>
    </section>`,
  )}
</aside>`

const onward = (here: Lesson): Html => {
  const at = lessons.indexOf(here)
  const [before, next] = [lessons[at - 1], lessons[at + 1]]
  return html`<nav class="onward" aria-label="Neighbours">
    ${before && html`<a rel="prev" ${link({ navigate: before.href })}><span>Before</span> ${before.name}</a>`}
    ${next && html`<a rel="next" ${link({ navigate: next.href })}><span>Next</span> ${next.name}</a>`}
  </nav>`
}

/** Around each page of the tour, and patched with it. */
export const tourLayout: LiveLayout<Scope> = ({ content, flash, scope, url }) => {
  const here = lessonAt(url)
  return html`
    <a class="skip" href="#main">Skip to the page</a>
    <div class="frame">
      <header class="masthead">
        <a class="brand" ${link({ navigate: path.home() })}>Bennu<span> showcase</span></a>
        <a class="to-contents" ${link({ navigate: path.home() })}>Contents</a>
        ${contents(here)}
        ${liveRender(Player, { id: "player", sticky: true })}
        <p class="visitor">You are ${badge(scope.visitor)}</p>
      </header>
      <main id="main" class="${here ? "lesson" : "plain"}">
        ${here && html`<header class="intro"><p class="kicker">${here.group}</p><h1>${here.name}</h1><p class="lede">${here.summary}</p></header>`}
        ${messages(flash)}
        ${content}
        ${here && onward(here)}
      </main>
      ${here && beside(here)}
    </div>
`
}

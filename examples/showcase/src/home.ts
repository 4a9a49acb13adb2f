import { each, html } from "@bennu/html"
import { link } from "@bennu/live"
import { path } from "./routes.ts"
import { groups } from "./tour.ts"
import { liveView } from "./vocabulary.ts"

/** The contents of the tour. */
export const HomeLive = liveView({
  public: true,
  title: "Contents",
  render: () => html`<div class="cover">
      <p class="kicker">A tour of live views</p>
      <h1>Pages that stay awake</h1>
      <p class="lede">Every page shows one thing that <code>@bennu/live</code> does, and beside it the one file that does it.
        In the browser run the official, unmodified Phoenix clients.</p>
      <p><a class="button" ${link({ navigate: path.components() })}>Begin the tour</a></p>
    </div>
    ${each(
      groups,
      ({ name }) => name,
      ({ name, lessons }) => html`<section class="chapter">
        <h2>${name}</h2>
        <ol>${each(
          lessons,
          ({ href }) => href,
          ({ href, name, summary }) => html`<li>
            <a ${link({ navigate: href })}>${name}</a>
            <p>${summary}</p>
          </li>`,
        )}</ol>
      </section>`,
    )}`,
})

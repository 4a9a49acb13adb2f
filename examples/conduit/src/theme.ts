import { form, html, options } from "@bennu/html"
import { action, type BareConn, csrfTokenOf } from "@bennu/plug"
import * as z from "zod"
import { path } from "./routes.ts"

const themes = { auto: "As this device", light: "Light", dark: "Dark" } as const
const Theme = z.enum(["auto", "light", "dark"])
const name = "theme"

/** How somebody wants pages to look: a cookie says it, so that the first line of a page knows. */
export const themeOf = ({ cookies }: BareConn) => Theme.safeParse(cookies.get(name)).data ?? "auto"

export const themeForm = (conn: BareConn) => html`
  <section class="more" aria-labelledby="theme-title">
    <h2 id="theme-title">How it looks</h2>
    ${form(
      { action: path.setTheme(), csrf: csrfTokenOf(conn), attrs: { class: "stack" } },
      html`<div>
          <label for="theme">Colours</label>
          <select id="theme" name="theme">${options(choices, themeOf(conn))}</select>
        </div>
        <button>Use these colours</button>`,
    )}
  </section>`
const choices = Theme.options.map((theme) => [themes[theme], theme] as const)

export const setTheme = action({ body: z.object({ theme: Theme }) }, (conn, { body }) =>
  conn.redirect(path.name()).withCookie(name, body.theme, {
    maxAge: 365 * 24 * 60 * 60,
    secure: conn.origin.startsWith("https:"),
  }),
)

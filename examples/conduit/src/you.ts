import { form, hidden, html } from "@bennu/html"
import { action, type Conn, csrfTokenOf, flashOf, isLocal, putFlash, Upload } from "@bennu/plug"
import type { Session } from "@bennu/plug/session"
import { type Field, toForm } from "@bennu/schema"
import * as z from "zod"
import { avatar, shell } from "./components.ts"
import { maxPicture, maxPictureForm, pictureName } from "./pictures.ts"
import * as Readers from "./readers.ts"
import { path } from "./routes.ts"
import { themeForm } from "./theme.ts"
import type { ReaderScope, Scope } from "./vocabulary.ts"

type WithReader = Conn<{ readonly scope: Scope; readonly session: Session }>
type WithNamed = Conn<{ readonly scope: ReaderScope; readonly session: Session }>

/** The reader that a session knows; a session of an older shape knows nobody. */
export const readerOf = (session: Session): Readers.Reader | null =>
  Readers.KeptReader.safeParse(session.get("reader")).data ?? null

/** Only a place on this site may be gone back to. */
const local = (to: string | undefined) => (to !== undefined && isLocal(to) ? to : path.home())

interface Shown {
  readonly to: string
  readonly name: Field
}
function page(conn: WithReader, { to, name: { value, errors } }: Shown) {
  const { scope } = conn.assigns
  const csrf = csrfTokenOf(conn)
  const ask = form(
    { action: path.rename(), csrf, attrs: { class: "stack" } },
    html`${hidden("to", to)}
      <div>
        <label for="name">Name</label>
        <input id="name" name="name" value="${value}" autocomplete="nickname" required maxlength="40"
          aria-invalid="${errors.length > 0 ? "true" : null}" aria-describedby="${errors.length > 0 ? "name-problem" : null}">
        ${errors.length > 0 && html`<p class="problem" id="name-problem">Name ${errors.join(", ")}</p>`}
      </div>
      <button>Keep this name</button>`,
  )
  const content = html`<div class="lede"><h1>What should we call you?</h1>
      <p>The name stands beside what you write. This browser keeps a key to it; it is no account.</p></div>
    ${ask}
    ${scope.reader && pictureForm(scope.reader, csrf)}
    ${themeForm(conn)}
    ${scope.reader && forgetForm(csrf)}`
  return conn.page({
    title: "Choose a name",
    content: shell({ scope, flash: flashOf(conn), at: conn.path, content }),
  })
}

const pictureForm = (reader: Readers.Reader, csrf: string) => html`
  <section class="more" aria-labelledby="picture-title">
    <h2 id="picture-title">Your picture</h2>
    ${avatar(reader)}
    ${form(
      { action: path.setPicture(), csrf, multipart: true, attrs: { class: "stack" } },
      html`<div>
          <label for="picture">PNG, JPEG or WebP, at most 512 kB</label>
          <input id="picture" name="picture" type="file" accept="image/png,image/jpeg,image/webp" required>
        </div>
        <button>Show this picture</button>`,
    )}
  </section>`

const forgetForm = (csrf: string) =>
  form(
    { action: path.forget(), method: "delete", csrf, attrs: { class: "more" } },
    html`<button class="quiet">Forget me on this browser</button>`,
  )

export const askName = action(
  { query: z.object({ to: z.string().optional() }) },
  (conn: WithReader, { query }) =>
    page(conn, {
      to: local(query.to),
      name: toForm(Readers.changeset(conn.assigns.scope.reader ?? {})).fields.name,
    }),
)

const Submitted = z.object({ name: z.string().default(""), to: z.string().optional() })

export const rename = action({ body: Submitted }, async (conn: WithReader, { body }) => {
  const to = local(body.to)
  const { scope, session } = conn.assigns
  const named = await Readers.rename(scope, { name: body.name })
  if (!named.ok) return page(conn, { to, name: toForm(named.error).fields.name }).withStatus(422)
  session.put("reader", named.value)
  // a name is the right to change what stands under it
  if (scope.reader === null) session.renew()
  return conn.redirect(to)
})

export const setPicture = action(
  {
    body: { multipart: z.object({ picture: z.instanceof(Upload) }) },
    uploads: { maxFiles: 1, maxFileBytes: maxPicture, maxBytes: maxPictureForm },
  },
  async (conn: WithNamed, { body }) => {
    const { scope, session } = conn.assigns
    const kept = await scope.pictures.keep(body.picture)
    const shown = kept.ok ? await Readers.show(scope, kept.value) : null
    if (shown?.ok) session.put("reader", shown.value)
    putFlash(
      conn,
      kept.ok ? "info" : "error",
      kept.ok ? "That is you." : `The picture ${kept.error}.`,
    )
    return conn.redirect(path.name())
  },
)

export const forget = async (conn: WithNamed) => {
  const { scope, session } = conn.assigns
  await Readers.forget(scope, scope.reader)
  session.clear()
  return conn.redirect(path.home())
}

/** A picture as what it was found to be, and as nothing else. */
export const showPicture = action(
  { params: z.object({ file: z.string().regex(pictureName) }) },
  (conn: Conn<{ readonly scope: Scope }, "file">, { params }) =>
    conn.sendFile(params.file, {
      root: conn.assigns.scope.pictures.dir,
      cacheControl: "public, max-age=31536000, immutable",
    }),
)

import { html } from "@bennu/html"
import { action, type Conn, csrfTokenOf, flashOf, isLocal } from "@bennu/plug"
import type { Session } from "@bennu/plug/session"
import * as z from "zod"
import { shell } from "./components.ts"
import { path } from "./routes.ts"
import type { Reader, Scope } from "./vocabulary.ts"

type WithReader = { readonly scope: Scope; readonly session: Session }
const StoredReader = z.object({ id: z.uuid(), name: z.string() })

/** The reader that a session knows; a session of an older shape knows nobody. */
export const readerOf = (session: Session): Reader | null =>
  StoredReader.safeParse(session.get("reader")).data ?? null

/** Only a place on this site may be gone back to. */
const local = (to: string | undefined) => (to !== undefined && isLocal(to) ? to : path.home())

const page = (
  conn: Conn<WithReader>,
  { to, name, problem }: { to: string; name: string; problem?: string },
) =>
  conn.page({
    title: "Choose a name",
    content: shell({
      scope: conn.assigns.scope,
      flash: flashOf(conn),
      content: html`<div class="lede"><h1>What should we call you?</h1>
        <p>The name stands beside what you write. It is kept in a signed cookie of this browser; it is no account.</p></div>
      <form class="stack" method="post" action="${path.rename()}">
        <input type="hidden" name="_csrf_token" value="${csrfTokenOf(conn)}">
        <input type="hidden" name="to" value="${to}">
        <div>
          <label for="name">Name</label>
          <input id="name" name="name" value="${name}" autocomplete="nickname" required maxlength="40"
            aria-invalid="${problem === undefined ? null : "true"}" aria-describedby="${problem === undefined ? null : "name-problem"}">
          ${problem && html`<p class="problem" id="name-problem">Name ${problem}</p>`}
        </div>
        <button>Keep this name</button>
      </form>`,
    }),
  })

export const askName = action(
  { query: z.object({ to: z.string().optional() }) },
  (conn: Conn<WithReader>, { query }) =>
    page(conn, { to: local(query.to), name: conn.assigns.scope.reader?.name ?? "" }),
)

const Submitted = z.object({ name: z.string().default(""), to: z.string().optional() })
const Name = z.string().trim().min(1, "can't be blank").max(40, "is longer than 40 characters")

export const rename = action({ body: Submitted }, (conn: Conn<WithReader>, { body }) => {
  const to = local(body.to)
  const name = Name.safeParse(body.name)
  if (!name.success) {
    const problem = name.error.issues[0]?.message ?? "is not usable"
    return page(conn, { to, name: body.name, problem }).withStatus(422)
  }
  const { session, scope } = conn.assigns
  session.put("reader", { id: scope.reader?.id ?? crypto.randomUUID(), name: name.data })
  return conn.redirect(to)
})

// What all servers are asked for:
// GET /json, GET /users/:id?tab=, POST /users (1 kB of JSON, validated), GET /page (100 escaped rows),
// GET /browser (the same page with session, CSRF token, security headers and a policy with a nonce)
import { z } from "zod"

/** What POST /users takes. Fastify has it as a JSON Schema, which is what it validates by. */
export const Note = z.object({ name: z.string(), notes: z.string(), tags: z.array(z.number()) })

export const rows = Array.from({ length: 100 }, (_, id) => ({
  id,
  name: `Row <${id}>`,
  note: "a & b",
}))
export const secret = "a secret of more than 64 characters, which nobody has to know about at all"

const entities: Readonly<Record<number, string>> = {
  34: "&quot;",
  38: "&amp;",
  39: "&#39;",
  60: "&lt;",
  62: "&gt;",
}
/** As fast as it can be written by hand: in Node a replacing expression takes four times as long. */
function escaped(text: string): string {
  let result = ""
  let last = 0
  for (let at = 0; at < text.length; at += 1) {
    const entity = entities[text.charCodeAt(at)]
    if (entity === undefined) continue
    result += text.slice(last, at) + entity
    last = at + 1
  }
  return last === 0 ? text : result + text.slice(last)
}

/** A page written by hand, for servers that bring no templates. */
export const page = (head = "") =>
  `<!doctype html><html lang="en"><head><title>Rows</title>${head}</head><body><table>${rows
    .map(
      ({ id, name, note }) =>
        `<tr id="row-${id}"><td>${escaped(name)}</td><td>${escaped(note)}</td></tr>`,
    )
    .join("")}</table></body></html>`

/** The same page with what a browser needs of it. */
export const browserPage = (token: string, nonce: string) =>
  page(
    `<meta name="csrf-token" content="${token}"><script nonce="${nonce}" src="/app.js"></script>`,
  )

// What a page sends, and how many bytes a real Phoenix (LiveView 1.2.10) answered with for the same views: ../fixtures/transcripts.
import { readFileSync } from "node:fs"

export const click = (event: string) => ({ type: "click", event, value: { value: "" } })
const change = (value: string, target: string) => ({
  ...{ type: "form", event: "validate", value, meta: { _target: `user[${target}]` }, uploads: {} },
})
/** A person types a name: the first is too short. */
export const short = change("user%5Bname%5D=al&user%5B_unused_email%5D=&user%5Bemail%5D=", "name")
export const alice = change(
  "user%5Bname%5D=alice&user%5B_unused_email%5D=&user%5Bemail%5D=",
  "name",
)

interface Recording {
  readonly frames: readonly { readonly dir?: "in" | "out"; readonly text?: string }[]
}

/** The bytes of the answers that Phoenix gave to the events of a page, in order. */
export function answered(page: string): readonly number[] {
  const file = new URL(`../fixtures/transcripts/${page}.json`, import.meta.url)
  // the file is a fixture of this form
  const { frames } = JSON.parse(readFileSync(file, "utf8")) as Recording
  const texts = frames.flatMap(({ dir, text }) => (dir && text ? [{ dir, text }] : []))
  const events = texts.flatMap(({ dir, text }) => {
    const [, ref, , event] = JSON.parse(text)
    return dir === "out" && event === "event" ? [ref] : []
  })
  return events.map((ref) => {
    const answer = texts.find(({ dir, text }) => {
      const [, answers, , event] = JSON.parse(text)
      return dir === "in" && event === "phx_reply" && answers === ref
    })
    return Buffer.byteLength(answer?.text ?? "")
  })
}

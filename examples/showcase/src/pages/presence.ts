// A view says that its visitor is here for as long as it lives, and reads
// the list whenever that changes.
import { each, html } from "@bennu/html"
import { after, onPresence, type Socket } from "@bennu/live"
import * as z from "zod"
import { badge, demo } from "../components.ts"
import { liveView, type Scope } from "../vocabulary.ts"

const HERE = "page:presence"
const Meta = z.object({ name: z.string() })

interface Person {
  readonly id: string
  readonly name: string
  readonly windows: number
}
const people = async ({ presence }: Scope): Promise<Person[]> =>
  [...(await presence.list(HERE))].map(([id, { metas }]) => {
    const { data } = Meta.safeParse(metas[0])
    return { id, name: data?.name ?? "Somebody", windows: metas.length }
  })
const look = async <K extends Socket<{ people: Person[] }, Scope>>(socket: K) =>
  socket.assign({ people: await people(socket.scope) })

export const PresenceLive = liveView({
  public: true,
  mount({ scope: { presence, visitor }, connected, signal }) {
    // `signal` aborts when the view ends, however it ends
    if (connected) presence.track(HERE, visitor.id, { name: visitor.name }, { signal })
    return { people: [] as Person[] }
  },
  subscribe: ({ scope: { presence } }) => [onPresence(presence, HERE, look), after(0, look)],
  title: ({ people }) => `Presence (${people.length})`,
  render: ({ people }, _, { connected }) =>
    html`${demo(
      "On this page now",
      connected
        ? html`<ul class="people">${each(
            people,
            ({ id }) => id,
            (person) =>
              html`<li>${badge(person)} ${person.windows > 1 && html`<span class="hint">in ${person.windows} windows</span>`}</li>`,
          )}</ul>`
        : html`<p class="hint">Looking around…</p>`,
    )}`,
})

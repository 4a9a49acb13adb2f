// A connection that breaks need not end its view: it is parked, and
// its page finds it as it was. What a view declares as its `stash`
// outlives even that, and the process: it is mounted again, and these
// assigns are put in place.
import { html } from "@bennu/html"
import { JS } from "@bennu/live"
import * as z from "zod"
import { demo } from "../components.ts"
import { liveView } from "../vocabulary.ts"

const Note = z.string().max(200)
/** Tells `assets/app.ts` to leave for so long. */
const away = (milliseconds: number) =>
  JS.dispatch("showcase:away", { to: "body", detail: { milliseconds } })

const time = new Intl.DateTimeFormat("en", { timeStyle: "medium", timeZone: "UTC" })

export const SurvivalLive = liveView({
  public: true,
  events: { count: {}, write: z.object({ note: Note }) },
  mount: ({ restored }) => ({ count: 0, note: "", restored, born: time.format(Date.now()) }),
  // rights and prices have no place in it: what a browser keeps, its owner can bring back later
  // a count that was shown is never followed by an older one: it is kept before it is shown, the note once a second
  stash: { keys: { count: z.int(), note: Note }, checkpoints: { count: true } },
  handleEvent: {
    count: (socket) => socket.update("count", (count) => count + 1),
    write: (socket, { note }) => socket.assign({ note }),
  },
  title: ({ count }) => `Survived: ${count}`,
  render: ({ count, note, restored, born }, events) => html`
    ${demo(
      "A state to lose",
      html`<p class="row"><button phx-click="${events.count}">Count</button> <output id="count">${count}</output></p>
      <form id="note-form" phx-change="${events.write}">
        <div class="field">
          <label for="note">A note that you never save</label>
          <input id="note" name="note" value="${note}" autocomplete="off">
        </div>
      </form>
      <p id="story">Mounted at <strong id="born">${born}</strong> UTC, ${restored ? "with what was stashed" : "with nothing yet"}.</p>`,
    )}
    ${demo(
      "Lose the connection",
      html`<p class="row">
        <button phx-click="${away(500)}">For a moment</button>
        <button class="second" phx-click="${away(5_000)}">For five seconds</button>
      </p>
      <p class="hint">After a moment it is the same view: it was parked. After five seconds that view is gone, and another one takes over the stash. The page keeps it, so it outlives the server too: kill it, and start it again.</p>`,
    )}`,
})

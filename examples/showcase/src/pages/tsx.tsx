// The same templates, written in TSX: TypeScript knows the elements and their
// attributes, and each expression is compiled to one html`…` as Node.js loads
// the file (src/main.ts). Either may stand in the other.
import { each, type Hole, type Html, html } from "@bennu/html"
import type { EventRef } from "@bennu/live"
import * as z from "zod"
import { demo } from "../components.ts"
import { liveView } from "../vocabulary.ts"

interface SeatProps {
  readonly name: string
  readonly mine: boolean
  readonly take: EventRef<{ seat: string }>
}
const Seat = ({ name, mine, take }: SeatProps): Html => (
  <button
    type="button"
    class={mine ? null : "second"}
    aria-pressed={mine}
    phx-click={take}
    phx-value-seat={name}
  >
    {name}
  </button>
)

/** What stands between its tags are its children. */
const Row = ({ label, children }: { readonly label: string; readonly children?: Hole }): Html => (
  <section class="row" aria-label={label}>
    {children}
  </section>
)

const rows = ["A", "B", "C"]
const seats = [1, 2, 3, 4]
const nameOf = (row: string, seat: number) => `${row}${seat}`
const seat = z.enum(rows.flatMap((row) => seats.map((seat) => nameOf(row, seat))))

export const TsxLive = liveView({
  public: true,
  events: { take: z.object({ seat }) },
  mount: () => ({ mine: [] as readonly string[] }),
  handleEvent: {
    take: (socket, { seat }) =>
      socket.update("mine", (mine) =>
        mine.includes(seat) ? mine.filter((other) => other !== seat) : [...mine, seat].sort(),
      ),
  },
  title: "TSX",
  render: ({ mine }, { take }) =>
    html`${demo(
      "Seats by the window",
      <>
        {each(
          rows,
          (row) => row,
          (row) => (
            <Row label={`Row ${row}`}>
              {seats.map((seat) => (
                <Seat
                  name={nameOf(row, seat)}
                  mine={mine.includes(nameOf(row, seat))}
                  take={take}
                />
              ))}
            </Row>
          ),
        )}
        <p>
          {mine.length === 0
            ? "No seat yet."
            : html`Yours: <strong id="mine">${mine.join(", ")}</strong>`}
        </p>
      </>,
    )}`,
})

// A changeset reads what was sent, says what is wrong with it, and a form
// shows both. Its rules also say what kind of input each field has, and its
// limits; `novalidate` leaves the words to the changeset.
import { each, html } from "@bennu/html"
import { freshForm } from "@bennu/live"
import { cast, formParams, schema, toForm } from "@bennu/schema"
import { date, integer, pgTable, text } from "drizzle-orm/pg-core"
import * as z from "zod"
import { control, demo } from "../components.ts"
import { liveView } from "../vocabulary.ts"

const Trip = schema(
  pgTable("trips", {
    place: text().notNull(),
    email: text().notNull(),
    day: date().notNull(),
    seats: integer().notNull(),
  }),
)

const rules = z.object({
  place: z.string().trim().min(1, "can't be blank").max(60, "is longer than 60 characters"),
  email: z.email("is not an address"),
  day: z.iso.date("is not a day"),
  seats: z.int("must be a number").min(1, "must be at least 1").max(8, "are at most 8 a boat"),
})
const changeset = (params: unknown = {}) => cast(Trip, {}, params, rules)
type Booked = ReturnType<ReturnType<typeof changeset>["apply"]>
const formOf = (trip: ReturnType<typeof changeset>) => toForm(trip, { as: "trip" })

export const FormsLive = liveView({
  public: true,
  // all that a form sends, with the marks that tell which fields were used
  events: { validate: formParams("trip"), book: formParams("trip") },
  mount: () => ({ form: formOf(changeset()), booked: [] as Booked[] }),
  handleEvent: {
    validate: (socket, params) => socket.assign({ form: formOf(changeset(params)) }),
    book(socket, params) {
      const trip = changeset(params)
      // with an action, all errors are shown and not just those of used fields
      if (!trip.valid) return socket.assign({ form: formOf(trip.withAction("insert")) })
      return socket
        .update("booked", (booked) => [...booked, trip.apply()])
        .assign({ form: formOf(changeset()) })
        .putFlash("info", `See you at ${trip.apply().place}.`)
    },
  },
  title: "Validation",
  render: ({ form: { fields }, booked }, { validate, book }) => html`
    ${demo(
      "Book a boat",
      html`<form class="stack" id="trip" novalidate phx-change="${validate}" phx-submit="${book}">
        ${control({ field: fields.place, label: "Place" })}
        ${control({ field: fields.email, label: "Email" })}
        <div class="pair">
          ${control({ field: fields.day, label: "Day" })}
          ${control({ field: fields.seats, label: "Seats", hint: "Up to 8." })}
        </div>
        <button phx-disable-with="Booking…">Book</button>
        ${freshForm(`trip-${booked.length}`)}
      </form>`,
    )}
    ${
      booked.length > 0 &&
      demo(
        "Booked",
        html`<ul>${each(
          booked,
          (trip) => booked.indexOf(trip),
          ({ place, day, seats }) =>
            html`<li>${place}, ${day}, ${seats} ${seats === 1 ? "seat" : "seats"}</li>`,
        )}</ul>`,
      )
    }`,
})

// A live component is shown with `component(Tally, { id, … })`. The same id
// is the same component, wherever it stands.
import { each, html } from "@bennu/html"
import { component, type EventRef, props } from "@bennu/live"
import * as z from "zod"
import { demo } from "../components.ts"
import { liveComponent, liveView } from "../vocabulary.ts"

interface TallyProps {
  readonly bird: string
  readonly step: number
  /** An event of the view around it: what a component says upwards. */
  readonly report: EventRef<{ bird: string; count: number }>
}

const Tally = liveComponent({
  props: props<TallyProps>(),
  events: { add: {}, reset: {} },
  mount: () => ({ count: 0 }),
  handleEvent: {
    add: (socket) => socket.update("count", (count) => count + socket.props.step),
    reset: (socket) => socket.assign({ count: 0 }),
  },
  // `add` and `reset` bring their phx-target along, so they come here; `report` goes to the view
  render: (
    { bird, step, report, count },
    { add, reset },
    { id },
  ) => html`<div class="tally" id="${id}">
    <h3>${bird}</h3>
    <output>${count}</output>
    <p class="row">
      <button phx-click="${add}">Add ${step}</button>
      <button class="second" phx-click="${reset}">Reset</button>
      <button class="second" phx-click="${report}" phx-value-bird="${bird}" phx-value-count="${count}">Report</button>
    </p>
  </div>`,
})

const birds = ["Herons", "Egrets", "Storks"]

export const ComponentsLive = liveView({
  public: true,
  components: [Tally],
  events: {
    step: z.object({ step: z.coerce.number().int().min(1).max(100).catch(1) }),
    report: z.object({ bird: z.string(), count: z.coerce.number() }),
    flood: {},
  },
  mount: () => ({ step: 1, heard: "Nothing reported yet." }),
  handleEvent: {
    step: (socket, { step }) => socket.assign({ step }),
    report: (socket, { bird, count }) => socket.assign({ heard: `${bird}: ${count}` }),
    // other props for one component, from anywhere in the view
    flood: (socket) => socket.sendUpdate(Tally, "Herons", { step: 100 }),
  },
  title: "Live components",
  render: ({ step, heard }, { step: setStep, report, flood }) => html`
    ${demo(
      "Three tallies, each with a count of its own",
      html`<form class="row" phx-change="${setStep}">
        <label for="step">Step of all</label>
        <input class="short" id="step" name="step" type="number" min="1" max="100" value="${step}">
      </form>
      <div class="tallies">${each(
        birds,
        (bird) => bird,
        (bird) => html`${component(Tally, { id: bird, bird, step, report })}`,
      )}</div>`,
    )}
    ${demo(
      "Up and down",
      html`<p>The view heard: <strong id="heard">${heard}</strong></p>
      <p><button phx-click="${flood}">Let herons come by the hundred</button></p>`,
    )}`,
})

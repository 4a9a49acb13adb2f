// A view that waits stands still. What takes long goes beside it, with a
// signal that says when nobody wants it any more.
import { setTimeout as sleep } from "node:timers/promises"
import { html } from "@bennu/html"
import { assignAsync, asyncResult } from "@bennu/live"
import * as z from "zod"
import { demo } from "../components.ts"
import { liveView } from "../vocabulary.ts"

async function forecast(signal: AbortSignal): Promise<string> {
  await sleep(700, undefined, { signal })
  const winds = ["light, from the north", "fresh, from the west", "none at all"]
  return `Wind: ${winds[Math.floor(Math.random() * winds.length)]}.`
}
async function brokenGauge(signal: AbortSignal): Promise<string> {
  await sleep(400, undefined, { signal })
  throw new Error("The gauge does not answer.")
}
async function sunset(signal: AbortSignal): Promise<string> {
  await sleep(20, undefined, { signal })
  return "21:08"
}
/** Nobody counts the same twice. */
async function flock(): Promise<number> {
  await sleep(20)
  return Math.floor(Math.random() * 1_000_000)
}
async function survey(signal: AbortSignal): Promise<number> {
  await sleep(3_000, undefined, { signal })
  return 128
}

type Survey = "idle" | "running" | "cancelled" | "failed" | number
const said = (survey: Survey): string => {
  if (typeof survey === "number") return `${survey} nests.`
  return {
    idle: "Nobody is counting.",
    running: "Counting nests, for three seconds…",
    cancelled: "Cancelled: nobody counts on.",
    failed: "It failed.",
  }[survey]
}

export const AsyncLive = liveView({
  public: true,
  events: { again: {}, survey: {}, cancel: {} },
  // as assigns: they start once the page is connected
  mount: async ({ once }) => ({
    // mount runs twice for a page; this is asked once, and the page brings it along
    flock: await once("flock", z.number(), flock),
    weather: assignAsync(forecast),
    level: assignAsync(brokenGauge),
    // quick enough for the page's first answer to wait for it: without JavaScript it is there too
    sunset: assignAsync(sunset, undefined, { wait: "500ms" }),
    state: "idle" as Survey,
  }),
  handleEvent: {
    // with the last result, which stays while the next is on its way
    again: (socket) => socket.update("weather", (last) => assignAsync(forecast, last)),
    // with a handler, where it starts
    survey: (socket) =>
      socket.assign({ state: "running" }).startAsync("survey", survey, (later, result) => {
        if (result.ok) return later.assign({ state: result.value })
        const { name } = result.error
        return later.assign({ state: name === "AsyncCancelledError" ? "cancelled" : "failed" })
      }),
    cancel: (socket) => socket.cancelAsync("survey"),
  },
  title: "Async work",
  render: ({ flock, weather, level, sunset, state }, { again, survey, cancel }) => html`
    ${demo(
      "An assign on its way",
      html`<p id="weather" aria-live="polite" class="${weather.loading && "faint"}">${asyncResult(
        weather,
        {
          loading: () => html`Asking the weather station…`,
          failed: ({ message }) => html`${message}`,
          ok: (text) => html`${text}`,
        },
      )}</p>
      <p><button phx-click="${again}">Ask again</button></p>`,
    )}
    ${demo(
      "One that fails",
      html`<p id="level" aria-live="polite">${asyncResult(level, {
        loading: () => html`Reading the water level…`,
        failed: ({ message }) => html`<span class="problem">${message}</span>`,
        ok: (text) => html`${text}`,
      })}</p>`,
    )}
    ${demo(
      "One that the first answer waits for",
      html`<p id="sunset">${asyncResult(sunset, {
        loading: () => html`Looking it up…`,
        ok: (time) => html`The sun sets at ${time}.`,
      })}</p>`,
    )}
    ${demo(
      "One that both mounts of the page need",
      html`<p id="flock">${flock} starlings, counted once.</p>`,
    )}
    ${demo(
      "Work that can be cancelled",
      html`<p id="survey" aria-live="polite">${said(state)}</p>
      <p class="row">
        <button phx-click="${survey}" disabled="${state === "running"}">Count</button>
        <button class="second" phx-click="${cancel}" disabled="${state !== "running"}">Cancel</button>
      </p>`,
    )}`,
})

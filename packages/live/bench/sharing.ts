// What a message costs that many pages hear: with one drawing for all of them, and with one each.
import { each, html } from "@bennu/html"
import { type LiveView, liveViews, on, shared } from "@bennu/live"
import { topic } from "@bennu/pubsub"
import * as z from "zod"
import { serve } from "./page.ts"

const SHARED = 10_000
const EACH = 100
const ROWS = 1000

interface Scores {
  readonly round: number
  readonly scores: readonly number[]
}
const scored = topic("scored", z.custom<Scores>())
const scoresOf = (round: number): Scores => ({
  round,
  scores: Array.from({ length: ROWS }, (_, i) => (i % 10 === round % 10 ? round : i)),
})
const draw = ({ round, scores }: Scores) =>
  html`<h2>Round ${round}</h2><ol>${each(
    scores,
    (_, i) => i,
    (score, i) => html`<li class="${score % 2 ? "odd" : "even"}">Player ${i}: <b>${score}</b></li>`,
  )}</ol>`
const board = (together: boolean): LiveView<{}> =>
  liveViews<{}>()({
    public: true,
    mount: () => ({ scores: scoresOf(0) }),
    subscribe: (_) => [on(scored, (socket, scores) => socket.assign({ scores }))],
    render: ({ scores }) =>
      together
        ? html`<h1>Scores</h1>${shared(`round ${scores.round}`, () => draw(scores))}`
        : html`<h1>Scores</h1>${draw(scores)}`,
  })

async function crowd(together: boolean, count: number) {
  const served = await serve(board(together))
  let told = 0
  let all = () => {}
  for (let i = 0; i < count; i++) {
    const page = await served.join()
    page.hear(() => {
      told++
      if (told % count === 0) all()
    })
  }
  let round = 0
  return {
    /** Microseconds of processor time for each page that is told. */
    async measure(): Promise<number> {
      const before = process.cpuUsage()
      const everybody = new Promise<void>((resolve) => {
        all = resolve
      })
      await served.pubsub.broadcast(scored, scoresOf(++round))
      await everybody
      const { user, system } = process.cpuUsage(before)
      return (user + system) / count
    },
    stop: served.stop,
  }
}

export async function sharing() {
  const [together, alone] = [await crowd(true, SHARED), await crowd(false, EACH)]
  return {
    views: SHARED,
    together: together.measure,
    each: alone.measure,
    async stop() {
      await together.stop()
      await alone.stop()
    },
  }
}

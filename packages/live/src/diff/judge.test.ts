import { env } from "node:process"
import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { type OfficialClient, officialClient } from "../../fixtures/official-client.ts"
import { normalized, PatchedPage } from "../../fixtures/patched-page.ts"
import { chanceOf, RandomView } from "../../fixtures/random-view.ts"
import { Rendered } from "../testing/rendered/rendered.ts"
import { renderDiff, renderFull } from "./diff.ts"

// How many random views go through a few random changes each: 10,000 here, more by the variable.
const sequences = Number(env["BENNU_SEQUENCES"] ?? 10_000)

/** What a socket would carry. */
const wire = (frame: object): object => JSON.parse(JSON.stringify(frame))

describe("what is sent of a view", () => {
  let Official: OfficialClient
  beforeAll(async () => {
    Official = await officialClient()
  })

  const seen = { changes: 0, moved: 0, movedAndChanged: 0, shared: 0, shells: 0, emptied: 0 }
  /** What kinds of changes were among those that were tried. */
  function count(diff: object, printed: string): void {
    const text = JSON.stringify(diff)
    seen.changes++
    if (text.includes('"km":true')) seen.moved++
    if (/\[\d+,\{/.test(text)) seen.movedAndChanged++
    if (text.includes('"p":{')) seen.shared++
    if (text.includes('"kc":0')) seen.emptied++
    if (printed.includes("data-phx-skip")) seen.shells++
  }

  it("makes the official client show what a fresh rendering shows, after any changes", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 8 }), (seed, steps) => {
        const view = new RandomView(chanceOf(seed))
        let state = view.first()
        let { tree, memory } = renderFull(view.render(state))
        const whole = new Official("phx-V", wire(tree))
        const tracking = new Official("phx-V", wire(tree))
        const page = new PatchedPage()
        const ours = new Rendered("phx-V")
        expect(ours.receive(wire(tree)).patch).toBe(show(tracking.toString().buffer))
        for (let step = 0; ; step++) {
          const fresh = String(view.render(state))
          expect(printed(whole)).toBe(fresh)
          expect(ours.html()).toBe(fresh)
          expect(page.html()).toBe(normalized(fresh))
          expect(renderDiff(memory, view.render(state)).diff).toBeNull()
          if (step === steps) break
          state = view.next(state)
          const { diff, memory: next } = renderDiff(memory, view.render(state))
          memory = next
          if (diff === null) continue
          whole.mergeDiff(wire(diff))
          tracking.mergeDiff(wire(diff))
          const { buffer } = tracking.toString()
          expect(ours.receive(wire(diff)).patch).toBe(show(buffer))
          count(diff, buffer)
        }

        function show(buffer: string): string {
          page.patch(buffer)
          return buffer
        }
      }),
      { numRuns: sequences },
    )
    for (const [kind, times] of Object.entries(seen)) {
      expect(times, kind).toBeGreaterThan(sequences / 200)
    }
  }, 240_000)

  /** The whole tree, without marks and shells. */
  function printed(tree: InstanceType<OfficialClient>): string {
    return tree.recursiveToString(tree.get(), {}, null, false, {}, null).buffer
  }
})

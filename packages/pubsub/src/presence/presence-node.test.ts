import * as fc from "fast-check"
import { afterEach, describe, expect, it, vi } from "vitest"
import { Copy } from "./copy.ts"
import type { Entry } from "./entry.ts"
import type { Message } from "./message.ts"
import { PresenceNode } from "./presence-node.ts"
import { World } from "./testing/world.ts"

// PRESENCE_SCHEDULES=1000000 for a long run; FAULTS_SEED to repeat one
const SCHEDULES = Number(process.env["PRESENCE_SCHEDULES"] ?? 100_000)
const seed = Number(process.env["FAULTS_SEED"] ?? Date.now() % 0x7fffffff)

const schedule = fc.array(fc.nat(0xffffff), { maxLength: 80, size: "max" })

const converges = fc.property(schedule, fc.integer({ min: 2, max: 4 }), (steps, size) => {
  const world = new World(size)
  for (const step of steps) world.step(step)
  world.heal()
  const [fault] = world.check()
  if (fault !== undefined) throw new Error(fault)
})

afterEach(() => {
  vi.restoreAllMocks()
})

describe("presence on nodes that are split, restarted and badly connected", () => {
  it(`converges to what is, and tells each join and leave once (${SCHEDULES} schedules)`, () => {
    fc.assert(converges, { numRuns: SCHEDULES, seed })
  }, 600_000)

  it("would be found out if it did not notice that a delta is missing", () => {
    const { apply } = Copy.prototype
    vi.spyOn(Copy.prototype, "apply").mockImplementation(function (this: Copy, delta) {
      return apply.call(this, { ...delta, from: Math.min(delta.from, this.version) })
    })
    const { failed } = fc.check(converges, { numRuns: 10_000, seed: 1, endOnFailure: true })
    expect(failed).toBe(true)
  }, 60_000)
})

describe("the same under fast-check's scheduler", () => {
  it("converges, whichever message comes when", async () => {
    const what = fc.array(
      fc.tuple(fc.nat(2), fc.constantFrom("ada", "bob", "__proto__"), fc.boolean()),
    )
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), what, async (scheduler, steps) => {
        const limits = { heartbeat: 10, downPeriod: 1e9, permdownPeriod: 1e9, maxLog: 2 }
        const nodes = ["x", "y", "z"].map((id) => new PresenceNode(id, limits, 0))
        let now = 0
        const post = (from: PresenceNode, messages: readonly Message[]) => {
          for (const message of messages) {
            for (const to of nodes) {
              if (to !== from)
                void scheduler
                  .schedule(Promise.resolve(message), `${message.kind} to ${to.id}`)
                  .then(() => post(to, to.receive(message, now).send))
            }
          }
        }
        const mine = new Map(nodes.map((node) => [node, [] as Entry[]]))
        scheduler.scheduleSequence(
          steps.map(([place, key, leaves], index) => async () => {
            const node = nodes[place] as PresenceNode
            const last = leaves ? mine.get(node)?.pop() : undefined
            if (last) node.untrack(last)
            else mine.get(node)?.push(node.track("t", key, { phx_ref: `${index}` }).entry)
            post(node, node.flush())
          }),
        )
        await scheduler.waitIdle()
        for (let beats = 0; beats < 3; beats++) {
          now += limits.heartbeat
          for (const node of nodes) post(node, node.tick(now).send)
          await scheduler.waitIdle()
        }
        const truth = [...mine.values()].flat().map(({ meta }) => meta.phx_ref)
        for (const node of nodes) {
          const listed = [...node.list("t").values()].flat().map(({ meta }) => meta.phx_ref)
          expect(listed.sort()).toEqual(truth.sort())
        }
      }),
      { numRuns: 300 },
    )
  }, 60_000)
})

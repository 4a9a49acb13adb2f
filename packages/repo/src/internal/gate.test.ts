import { describe, expect, it } from "vitest"
import { failure } from "../testing/support.ts"
import { Gate, type Lane } from "./gate.ts"

/** A gate of one place, taken, with a clock that is set by hand. */
function taken(options: { target?: number; interval?: number } = {}) {
  let time = 0
  const gate = new Gate({ places: 1, target: 10, interval: 100, ...options, now: () => time })
  gate.tryTake()
  const order: string[] = []
  return {
    gate,
    order,
    at: (now: number) => {
      time = now
    },
    wait: (name: string, lane: Lane = "interactive") => {
      const waiter = gate.wait(lane)
      waiter.entered.then(
        () => order.push(name),
        (error: { code?: string }) => order.push(`${name} ${error.code ?? "aborted"}`),
      )
      return waiter
    },
    /** Gives the place on, until nobody waits. */
    async drain() {
      while (gate.waiting > 0) {
        gate.give()
        await Promise.resolve()
      }
      await new Promise(setImmediate)
    },
  }
}

describe("the gate before the database", () => {
  it("lets in the order of asking, and people before what is done behind the scenes", async () => {
    const { wait, drain, order } = taken()
    for (const name of ["job 1", "job 2"]) wait(name, "background")
    for (const name of ["a", "b"]) wait(name)
    await drain()
    expect(order).toEqual(["a", "b", "job 1", "job 2"])
  })

  it("starves nobody: of eight places one goes to the background", async () => {
    const { wait, drain, order } = taken()
    for (let n = 0; n < 3; n += 1) wait("job", "background")
    for (let n = 0; n < 40; n += 1) wait("person")
    await drain()
    const jobs = order.flatMap((name, at) => (name === "job" ? [at] : []))
    expect(jobs).toHaveLength(3)
    expect(jobs[2]).toBeLessThan(25)
  })

  it("refuses those who waited twice too long when for an interval all waited too long", async () => {
    const { gate, wait, drain, order, at } = taken()
    const all = Array.from({ length: 4 }, (_, n) => wait(`early ${n}`))
    at(101)
    gate.give()
    at(200)
    wait("late")
    at(205)
    // the second interval is over, and its shortest wait was 101: over the target of 10
    await drain()
    expect(order).toEqual([
      "early 0",
      "early 1 ERR_REPO_OVERLOADED",
      "early 2 ERR_REPO_OVERLOADED",
      "early 3 ERR_REPO_OVERLOADED",
      "late",
    ])
    await Promise.allSettled(all.map(({ entered }) => entered))
  })

  it("refuses nobody for a crowd that comes at once and is served in time", async () => {
    const { wait, drain, order, at } = taken()
    for (let n = 0; n < 50; n += 1) wait(`${n}`)
    at(90)
    await drain()
    expect(order).toHaveLength(50)
    expect(order.join()).not.toContain("ERR_")
  })

  it("is itself again when waits are short again", async () => {
    const { gate, wait, drain, order, at } = taken()
    wait("slow")
    at(101)
    gate.give()
    at(205)
    gate.give()
    // overloaded now, but nobody waits: that is a wait of none, and belongs to the next interval
    gate.tryTake()
    at(310)
    wait("long ago")
    at(390)
    await drain()
    expect(order).toEqual(["slow", "long ago"])
  })

  it("sends all away that wait when it is cleared, and lets in who comes after", async () => {
    const { gate, wait, drain, order } = taken()
    const gone = [wait("a"), wait("b", "background")]
    gate.clear(new Error("closing"))
    await Promise.allSettled(gone.map(({ entered }) => entered))
    wait("c")
    await drain()
    expect(order).toEqual(["a aborted", "b aborted", "c"])
  })

  it("forgets who gave up", async () => {
    const { gate, wait, drain, order } = taken()
    const gone = wait("gone")
    wait("next")
    gone.leave(new Error("gave up"))
    expect(await failure(gone.entered)).toMatchObject({ message: "gave up" })
    expect(gate.waiting).toBe(1)
    await drain()
    expect(order).toEqual(["gone aborted", "next"])
  })
})

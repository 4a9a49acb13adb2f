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

  /** One that all had to wait for too long: "early 0" is in, and "early 1" to "early 3" wait. */
  function overloaded() {
    const line = taken()
    for (let n = 0; n < 4; n += 1) line.wait(`early ${n}`)
    line.at(111)
    return line
  }

  it("refuses who waited too long when all did for an interval, so that those behind are served in time", async () => {
    const { wait, drain, order, at } = overloaded()
    wait("late")
    at(116)
    await drain()
    expect(order).toEqual([
      "early 0 ERR_REPO_OVERLOADED",
      "early 1 ERR_REPO_OVERLOADED",
      "early 2 ERR_REPO_OVERLOADED",
      "early 3 ERR_REPO_OVERLOADED",
      "late",
    ])
  })

  it("lets who came last go first then, as those before them may have left", async () => {
    const { gate, wait, drain, order, at } = overloaded()
    wait("late")
    gate.give()
    at(115)
    for (const name of ["a", "b", "c"]) wait(name)
    at(120)
    await drain()
    expect(order.slice(-4)).toEqual(["late", "c", "b", "a"])
  })

  it("refuses nobody of a crowd behind which nobody comes, however long it takes", async () => {
    const { drain, order } = overloaded()
    await drain()
    expect(order).toEqual(["early 0", "early 1", "early 2", "early 3"])
  })

  it("refuses nobody for a crowd that comes at once and is served in time", async () => {
    const { wait, drain, order, at } = taken()
    for (let n = 0; n < 50; n += 1) wait(`${n}`)
    at(90)
    wait("last")
    await drain()
    expect(order).toHaveLength(51)
    expect(order.join()).not.toContain("ERR_")
  })

  it("refuses nobody of so many who ask again and again, where all wait less than twice too long", async () => {
    const { gate, wait, drain, order, at } = taken()
    for (let time = 0; time < 500; time += 15) {
      at(time)
      wait(`${time}`)
      if (time > 0) gate.give()
    }
    await drain()
    expect(order).toHaveLength(34)
    expect(order.join()).not.toContain("ERR_")
  })

  it("is itself again when nobody has waited", async () => {
    const { gate, wait, drain, order, at } = overloaded()
    wait("late")
    await drain()
    gate.give()
    gate.tryTake()
    at(200)
    wait("a")
    at(240)
    wait("b")
    await drain()
    expect(order.slice(-3)).toEqual(["late", "a", "b"])
  })

  it("goes on with people in the order of asking while what is done behind the scenes waits too long", async () => {
    const { gate, wait, drain, order, at } = taken()
    for (let n = 0; n < 4; n += 1) wait("job", "background")
    for (let time = 0; time < 300; time += 5) {
      at(time)
      wait(`${time}`)
      gate.give()
    }
    await drain()
    const people = order.filter((name) => name !== "job")
    expect(people).toEqual(Array.from({ length: 60 }, (_, n) => `${n * 5}`))
    expect(order).toHaveLength(64)
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

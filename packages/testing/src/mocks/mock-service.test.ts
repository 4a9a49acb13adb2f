import { setTimeout } from "node:timers/promises"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { mockPort, mockService } from "../index.ts"

const Payments = {
  charge: {
    input: z.object({ cents: z.int().positive(), note: z.string().trim().optional() }),
    output: z.object({
      id: z.string().min(1),
      at: z.iso.datetime().transform((at) => new Date(at)),
    }),
  },
  refund: { input: z.object({ id: z.string() }), output: z.object({ ok: z.boolean() }) },
}
const at = "2026-11-22T10:00:00Z"
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (e) => e,
  )

describe("mockService", () => {
  it("answers for the service, through the schemas of its contract", async () => {
    const payments = mockService(Payments, {
      charge: ({ cents, note }) => ({ id: `${cents} ${note}`, at }),
    })
    expect(await payments.service.charge({ cents: 5, note: " tea " })).toEqual({
      id: "5 tea",
      at: new Date(at),
    })
    expect(payments.calls("charge")).toEqual([[{ cents: 5, note: " tea " }]])
  })

  it("refuses a question that the real one would refuse, and an answer that it would never give", async () => {
    const payments = mockService(Payments, { charge: () => ({ id: "", at }) })
    expect(await failure(payments.service.charge({ cents: -5 }))).toMatchObject({
      code: "ERR_TESTING_MOCK_CONTRACT",
      operation: "charge",
      message: expect.stringMatching(/^charge was asked .*: cents /),
    })
    expect(await failure(payments.service.charge({ cents: 5 }))).toMatchObject({
      code: "ERR_TESTING_MOCK_CONTRACT",
      message: expect.stringMatching(/^charge was answered .*: id /),
    })
  })

  it("lets a test say what answers it, once, so often, or always", async () => {
    const payments = mockService(Payments, { refund: () => ({ ok: false }) })
    const { refund } = payments.service
    await payments.run(async () => {
      payments.stub("refund", () => ({ ok: true }))
      payments.expect("refund", () => ({ ok: false }))
      payments.expect("refund", ({ id }) => ({ ok: id === "x" }), { times: 2 })
      const answers = []
      for (let turn = 0; turn < 5; turn++) answers.push((await refund({ id: "x" })).ok)
      expect(answers).toEqual([false, true, true, true, true])
    })
    expect(await refund({ id: "x" })).toEqual({ ok: false })
  })

  it("fails a test where what has to be called was not, was too often, or never should have been", async () => {
    const payments = mockService(Payments)
    const unmet = (work: () => Promise<unknown>) => failure(payments.run(work))
    expect(
      await unmet(async () => payments.expect("refund", () => ({ ok: true }), { times: 2 })),
    ).toMatchObject({
      code: "ERR_TESTING_MOCK_UNMET",
      complaints: ["refund was called 0 of 2 times"],
    })
    // an app takes a mock's complaint for an outage: it is not lost
    const outage = () => payments.service.refund({ id: "x" }).catch(() => "try again later")
    expect(
      await unmet(async () => {
        payments.expect("refund", () => ({ ok: true }))
        await outage()
        await outage()
      }),
    ).toMatchObject({
      complaints: [expect.stringContaining("refund was called, and nothing answers")],
      cause: { code: "ERR_TESTING_MOCK_UNEXPECTED" },
    })
    expect(
      await unmet(async () => {
        payments.expect("refund", () => ({ ok: true }), { times: 0 })
        await outage()
      }),
    ).toMatchObject({ code: "ERR_TESTING_MOCK_UNMET" })
  })

  it("takes what an answer throws for the service's failure, and no fault of the test", async () => {
    const payments = mockService(Payments)
    const down = new Error("503")
    await payments.run(async () => {
      payments.expect("refund", () => {
        throw down
      })
      expect(await failure(payments.service.refund({ id: "x" }))).toBe(down)
    })
  })

  it("shows the failure of the test itself rather than what was not called because of it", async () => {
    const payments = mockService(Payments)
    const failed = new Error("expected 1 to be 2")
    const run = payments.run(async () => {
      payments.expect("refund", () => ({ ok: true }))
      throw failed
    })
    expect(await failure(run)).toBe(failed)
  })

  it("keeps apart what tests say that run at once", async () => {
    const payments = mockService(Payments)
    // an app that was started once, with the one service
    const app = async (cents: number) => {
      await setTimeout(cents % 3)
      return (await payments.service.charge({ cents })).id
    }
    const ids = await Promise.all(
      Array.from({ length: 50 }, (_, test) =>
        payments.run(async () => {
          payments.expect("charge", ({ cents }) => ({ id: `${test}: ${cents}`, at }))
          const id = await app(test + 1)
          expect(payments.calls("charge")).toHaveLength(1)
          return id
        }),
      ),
    )
    expect(ids).toEqual(ids.map((_, test) => `${test}: ${test + 1}`))
  })

  it("refuses numbers of times that are none", () => {
    const payments = mockService(Payments)
    for (const times of [Number.NaN, -1, 0.5])
      expect(() => payments.expect("refund", () => ({ ok: true }), { times })).toThrow(RangeError)
  })
})

describe("mockPort", () => {
  interface Mailer {
    deliver(mail: { readonly to: string }, urgent: boolean): Promise<string>
  }

  it("stands in for a port that is only a type", async () => {
    const mailer = mockPort<Mailer>({ deliver: async ({ to }, urgent) => `${to} ${urgent}` })
    expect(await mailer.service.deliver({ to: "ada" }, true)).toBe("ada true")
    expect(mailer.calls("deliver")).toEqual([[{ to: "ada" }, true]])
    expect(await mailer.service).toBe(mailer.service)
  })

  it("answers nothing that no test has said", async () => {
    const mailer = mockPort<Mailer>()
    expect(await failure(mailer.service.deliver({ to: "ada" }, true))).toMatchObject({
      code: "ERR_TESTING_MOCK_UNEXPECTED",
    })
    expect(() => mailer.verify()).toThrow(/deliver was called/)
  })
})

import { sql } from "drizzle-orm"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import * as z from "zod"
import { deliveryFailed, type OutboxMessage, outbox, outboxDrain } from "../outbox.ts"
import type { Repo } from "../repo.ts"
import { failure } from "./support.ts"

/** The table as the README says it. */
export const OUTBOX_TABLE = `create table outbox (
  id bigint generated always as identity primary key,
  topic text not null,
  message jsonb not null,
  attempts integer not null default 0,
  available_at timestamptz not null default now(),
  inserted_at timestamptz not null default now()
)`

const ordered = { name: "ordered", message: z.object({ number: z.number() }) }

/** What an outbox promises, on whatever database. */
export function outboxContract(name: string, open: () => Promise<Repo & AsyncDisposable>): void {
  describe(`an outbox on ${name}`, () => {
    let repo: Repo & AsyncDisposable
    beforeAll(async () => {
      repo = await open()
      await repo.sql.query(OUTBOX_TABLE)
    }, 60_000)
    afterAll(() => repo[Symbol.asyncDispose]())
    beforeEach(async () => {
      await repo.sql.query("truncate outbox")
    })
    const numbers = (messages: readonly OutboxMessage[]) => messages.map(({ message }) => message)
    /** Everything that is due, delivered. */
    async function drained(box = outbox(repo.sql)): Promise<OutboxMessage[]> {
      const heard: OutboxMessage[] = []
      await box.drain((message) => heard.push(message))
      return heard
    }
    const left = async () => (await repo.query(sql`select 1 as one from outbox`)).length
    const makeDue = () => repo.query(sql`update outbox set available_at = now()`)

    it("delivers what was committed, in its order, and forgets it", async () => {
      const box = outbox(repo.sql)
      await repo.transaction(async () => {
        for (const number of [1, 2, 3]) await box.emit(ordered, { number })
        expect(await repo.query(sql`select 1 as one from outbox`)).toHaveLength(3)
      })
      const heard = await drained(box)
      expect(numbers(heard)).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }])
      expect(heard[0]).toMatchObject({ topic: "ordered", attempt: 1, writtenAt: expect.any(Date) })
      expect(await drained(box)).toEqual([])
      expect(await left()).toBe(0)
    })

    it("delivers nothing of a transaction that was taken back", async () => {
      const box = outbox(repo.sql)
      await failure(
        repo.transaction(async () => {
          await box.emit(ordered, { number: 1 })
          throw new Error("back")
        }),
      )
      expect(await drained(box)).toEqual([])
    })

    it("refuses a message that does not fit its topic", async () => {
      // @ts-expect-error a message has the type of its topic
      const wrong = outbox(repo.sql).emit(ordered, { number: "one" })
      expect(await failure(wrong)).toMatchObject({ code: "ERR_REPO_USAGE" })
    })

    it("takes no limit that limits nothing, and no table that is more than a name", () => {
      const refused = expect.objectContaining({ code: "ERR_CORE_OPTIONS" })
      expect(() => outbox(repo.sql, { batch: Number.NaN })).toThrow(refused)
      expect(() => outbox(repo.sql, { table: 'a"; drop table b' })).toThrow(refused)
    })

    it("tries again what failed, later, and delivers the others meanwhile", async () => {
      const box = outbox(repo.sql)
      const failures: unknown[] = []
      using _ = deliveryFailed.subscribe((each) => failures.push(each))
      for (const number of [1, 2]) await box.emit(ordered, { number })
      const heard: OutboxMessage[] = []
      const delivered = await box.drain((message) => {
        if (message.attempt === 1 && heard.length === 0 && failures.length === 0)
          throw new Error("no luck")
        heard.push(message)
      })
      expect({ delivered, heard: numbers(heard) }).toEqual({ delivered: 1, heard: [{ number: 2 }] })
      expect(failures).toMatchObject([{ topic: "ordered", attempt: 1, gaveUp: false }])
      expect(await drained(box)).toEqual([])
      await makeDue()
      expect(await drained(box)).toMatchObject([{ message: { number: 1 }, attempt: 2 }])
    })

    it("keeps what failed too often, and leaves it alone", async () => {
      const box = outbox(repo.sql, { maxAttempts: 2 })
      await box.emit(ordered, { number: 1 })
      const gaveUp: boolean[] = []
      using _ = deliveryFailed.subscribe((each) => gaveUp.push(each.gaveUp))
      const fail = () => Promise.reject(new Error("never"))
      await box.drain(fail)
      await makeDue()
      await box.drain(fail)
      expect(gaveUp).toEqual([false, true])
      expect(await drained(box)).toEqual([])
      expect(await repo.query(sql`select available_at::text as at from outbox`)).toEqual([
        { at: "infinity" },
      ])
    })

    it("gives back what it has no time for", async () => {
      const box = outbox(repo.sql)
      for (const number of [1, 2]) await box.emit(ordered, { number })
      const stopping = new AbortController()
      const stop = () => stopping.abort()
      expect(await box.drain(stop, { stopping: stopping.signal })).toBe(1)
      expect(await drained(box)).toMatchObject([{ message: { number: 2 }, attempt: 1 }])
    })

    it("lets nobody take what another one delivers, until its time is over", async () => {
      const box = outbox(repo.sql)
      await box.emit(ordered, { number: 1 })
      await box.drain(async () => {
        expect(await drained(box)).toEqual([])
        await makeDue()
        expect(await drained(box)).toMatchObject([{ attempt: 2 }])
      })
      expect(await left()).toBe(0)
    })

    it("is drained for as long as the app runs, at once when something is written", async () => {
      const box = outbox(repo.sql)
      const heard: OutboxMessage[] = []
      const child = outboxDrain({
        outbox: box,
        deliver: (message) => heard.push(message),
        every: "1h",
      })
      await using drain = await child.start(AbortSignal.any([]))
      for (const number of [1, 2]) {
        await repo.transaction(() => box.emit(ordered, { number }))
        await expect.poll(() => numbers(heard)).toContainEqual({ number })
      }
      await drain.stop?.(AbortSignal.any([]))
      await box.emit(ordered, { number: 3 })
      expect(numbers(await drained(box))).toEqual([{ number: 3 }])
    })
  })
}

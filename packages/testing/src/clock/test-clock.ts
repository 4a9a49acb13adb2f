import { type Clock, contextKey, type Duration, milliseconds } from "@bennu/core"

/** A moment: a date, ISO 8601 text, or milliseconds since 1970. */
export type Moment = Date | string | number

/** A clock that a test sets. Pass `now` to everything that takes a clock. */
export interface TestClock {
  /** What time it is for whoever asks: in a test, that test's. */
  readonly now: Clock
  /** The same as a date. */
  date(): Date
  /** A time of its own for `work` and all that it starts; it begins as the time around it. */
  run<R>(work: () => R): R
  /** Lets the time stand still, now or at that moment. */
  freeze(at?: Moment): void
  /** Goes to another moment, from where time goes on, or stands still as before. @throws {RangeError} for what is none. */
  travelTo(at: Moment): void
  /** Goes on by so much: `advance("1h")`. */
  advance(by: Duration): void
  /** Back to the time that it really is. */
  release(): void
}

/** Milliseconds ahead of real time, and where it stands if it does. */
interface Time {
  ahead: number
  frozen: number | null
}

/**
 * One clock for a whole app under test: cron, caches and tokens agree on what time it is. It belongs to the asynchronous
 * context, so tests that run at once each have their own; no timer of the platform is replaced.
 * @param real The clock beneath (`Date.now`).
 * @example const clock = testClock(); memoryStore({ now: clock.now }); clock.travelTo("2030-01-01T00:00Z")
 */
export function testClock(real: Clock = Date.now): TestClock {
  const around = contextKey<Time>("test clock")
  const outside: Time = { ahead: 0, frozen: null }
  const time = () => around.get() ?? outside
  const tell = ({ ahead, frozen }: Time): number => frozen ?? real() + ahead
  const now = () => tell(time())
  const travelTo = (at: Moment): void => {
    const there = momentOf(at)
    const here = time()
    if (here.frozen === null) here.ahead = there - real()
    else here.frozen = there
  }
  return {
    now,
    date: () => new Date(now()),
    run: (work) => around.run({ ...time() }, work),
    freeze(at) {
      const there = at === undefined ? now() : momentOf(at)
      time().frozen = there
    },
    travelTo,
    advance: (by) => travelTo(now() + milliseconds(by)),
    release: () => void Object.assign(time(), { ahead: 0, frozen: null }),
  }
}

function momentOf(at: Moment): number {
  const there = new Date(at).getTime()
  if (Number.isNaN(there)) throw new RangeError(`${JSON.stringify(at)} is no moment`)
  return there
}

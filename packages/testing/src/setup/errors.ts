import { BennuError } from "@bennu/core"

/** Work that a test started and did not wait for. */
export interface Leak {
  /** A timer, or the request: `GET http://…`. */
  readonly what: string
  /** Who started it: lines of a stack, the nearest first. */
  readonly at: string
}

/** A test ended while work of its own was still going on: the next test would meet it. */
export class WorkLeakError extends BennuError {
  readonly code = "ERR_TESTING_WORK_LEAK"
  readonly leaks: readonly Leak[]
  constructor(leaks: readonly Leak[], options: { readonly cause?: unknown } = {}) {
    const list = leaks.map(({ what, at }) => `- ${what}\n${at}`).join("\n")
    super(`the test ended while this was going on:\n${list}`, {
      ...options,
      hint: "Await it, clear it, or stop what started it before the test ends.",
    })
    this.leaks = leaks
  }
}

/** A token is of no test that runs. */
export class NoTestError extends BennuError {
  readonly code = "ERR_TESTING_NO_TEST"
  override readonly status: number = 410
  constructor() {
    super("no test has that token, or no more", {
      hint: "Send the token of a test that runs, and let the test wait for what it caused.",
    })
  }
}

/** A fixture came back without having let its test run. */
export class FixtureError extends BennuError {
  readonly code = "ERR_TESTING_FIXTURE"
  constructor() {
    super("a fixture ended without calling `use`", {
      hint: "Write `await use({ … })` in it, and nothing that catches what that throws.",
    })
  }
}

/** What lets strangers into a test was about to be served to everyone. */
export class ProductionError extends BennuError {
  readonly code = "ERR_TESTING_PRODUCTION"
  constructor(what: string) {
    super(`${what} is for tests, and NODE_ENV is "production"`, {
      hint: "Give it to the app from its tests, and never from its own sources.",
    })
  }
}

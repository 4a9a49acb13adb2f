import { BennuError } from "@bennu/core"

/** A query came from where no test is known: it would have escaped the sandbox. */
export class SandboxOutsideError extends BennuError {
  readonly code = "ERR_REPO_SANDBOX_OUTSIDE"
  constructor(message = "this query belongs to no test") {
    const hint =
      "Run it in sandbox.test(…) or sandbox.run(…); what was started before the test goes into sandbox.allow(token, work), or share the sandbox with { shared: true }."
    super(message, { hint })
  }
}

/** A query came when its test was over. */
export class SandboxDoneError extends BennuError {
  readonly code = "ERR_REPO_SANDBOX_DONE"
  /** What the test is called; null where nobody told. */
  readonly test: string | null
  constructor(statement: string, test: string | null = null) {
    const which = test === null ? "the test" : `the test "${test}"`
    super(`${which} is over that this belongs to: ${statement}`, {
      hint: "Await everything that a test starts, or stop it before the test ends.",
    })
    this.test = test
  }
}

/** What a test started and did not wait for. */
export interface Leak {
  /** The statement, or `transaction`. */
  readonly what: string
  /** Who asked for it: lines of a stack, the nearest first. */
  readonly at: string
}

/** A test ended while queries or transactions of its own were still running: the next test may meet them. */
export class SandboxLeakError extends BennuError {
  readonly code = "ERR_REPO_SANDBOX_LEAK"
  readonly leaks: readonly Leak[]
  constructor(leaks: readonly Leak[], options: { readonly cause?: unknown } = {}) {
    const list = leaks.map(({ what, at }) => `- ${what}\n${at}`).join("\n")
    const hint = "Await them, or stop what started them before the test ends."
    super(`the test ended while these were running:\n${list}`, { ...options, hint })
    this.leaks = leaks
  }
}

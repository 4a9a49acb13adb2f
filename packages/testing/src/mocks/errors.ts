import { BennuError, type Issue, pathOf } from "@bennu/core"

/** A mock was asked, or answered, what its contract does not allow. */
export class MockContractError extends BennuError {
  readonly code = "ERR_TESTING_MOCK_CONTRACT"
  readonly operation: string
  readonly issues: readonly Issue[]
  constructor(operation: string, what: "asked" | "answered", issues: readonly Issue[]) {
    const lines = issues.map((issue) =>
      [pathOf(issue).map(String).join("."), issue.message].filter(Boolean).join(" "),
    )
    super(`${operation} was ${what} what its contract does not allow: ${lines.join("; ")}`, {
      hint:
        what === "asked"
          ? "The real service would refuse this: correct the code that asks."
          : "The real service never answers this: correct the mock.",
    })
    this.operation = operation
    this.issues = issues
  }
}

/** A mock was asked for something that nothing answers in this test. */
export class MockUnexpectedError extends BennuError {
  readonly code = "ERR_TESTING_MOCK_UNEXPECTED"
  readonly operation: string
  constructor(operation: string) {
    super(`${operation} was called, and nothing answers it in this test`, {
      hint: `Say what it answers: mock.stub("${operation}", () => …), or expect(…) where it has to be called.`,
    })
    this.operation = operation
  }
}

/** A test ended, and a mock was not used as it has to be. `cause` is the first call that came to nothing. */
export class MockUnmetError extends BennuError {
  readonly code = "ERR_TESTING_MOCK_UNMET"
  readonly complaints: readonly string[]
  constructor(complaints: readonly string[], cause: unknown) {
    super(`a mock was not used as expected: ${complaints.join("; ")}`, { cause })
    this.complaints = complaints
  }
}

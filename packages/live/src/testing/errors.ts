import { BennuError } from "@bennu/core"

/** A test did to a page what nobody could do, or what the view refused. */
export class TestViewError extends BennuError {
  readonly code = "ERR_LIVE_TEST_VIEW"
}

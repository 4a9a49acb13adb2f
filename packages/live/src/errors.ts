import { BennuError, type Issue } from "@bennu/core"

/** A view or a route says something that cannot be. Thrown where it is defined, before anything is served. */
export class DefinitionError extends BennuError {
  readonly code = "ERR_LIVE_DEFINITION"
}

/** The view's `authorize` said no to who acts. */
export class ViewForbiddenError extends BennuError {
  readonly code = "ERR_LIVE_FORBIDDEN"
  override readonly status = 403
  constructor() {
    super("the view's authorize refused this scope", {
      hint: "Route the view behind a pipeline that sends those who may not see it elsewhere.",
    })
  }
}

/** The address does not fit the view's `params`: 404 where its path is wrong, 400 where its query is. */
export class ParamsError extends BennuError {
  readonly code = "ERR_LIVE_PARAMS"
  override readonly status: number
  readonly issues: readonly Issue[]
  constructor(issues: readonly Issue[], status: 400 | 404) {
    const first = issues[0]
    super(`the address does not fit the view's params: ${first?.message ?? "refused"}`, {
      hint: "Give query parameters a default or a catch, so that an old link still works.",
    })
    this.issues = issues
    this.status = status
  }
}

/** A view was told to go where it cannot go. */
export class NavigationError extends BennuError {
  readonly code = "ERR_LIVE_NAVIGATION"
  readonly to: string
  constructor(to: string, problem: string, hint: string) {
    super(`${JSON.stringify(to)} ${problem}`, { hint })
    this.to = to
  }
}

/** More waits for a view than `limits.mailbox` allows. The view starts afresh, since what it would miss is unknown. */
export class MailboxFullError extends BennuError {
  readonly code = "ERR_LIVE_MAILBOX_FULL"
  readonly limit: number
  constructor(limit: number) {
    super(`more than ${limit} messages wait for this view`, {
      hint: "Throttle what the page pushes (phx-throttle, phx-debounce), or look for a slow handler.",
    })
    this.limit = limit
  }
}

/** A callback took longer than `limits.handlerTimeout`. */
export class HandlerTimeoutError extends BennuError {
  readonly code = "ERR_LIVE_HANDLER_TIMEOUT"
  readonly waited: number
  constructor(waited: number) {
    super(`a callback of the view did not end within ${waited} ms`, {
      hint: "Hand slow work to a job and subscribe to its outcome, or raise limits.handlerTimeout.",
    })
    this.waited = waited
  }
}

/** In development: a socket was made and not returned, so that what it says would be lost. */
export class SocketDroppedError extends BennuError {
  readonly code = "ERR_LIVE_SOCKET_DROPPED"
  constructor(callback: string) {
    super(`${callback} made a socket that it did not return`, {
      hint: "Each call gives a new socket. Chain them and return the last: return socket.assign({ … })",
    })
  }
}

/** In development: a socket was used after its callback had ended. */
export class SocketOverError extends BennuError {
  readonly code = "ERR_LIVE_SOCKET_OVER"
  constructor(callback: string) {
    super(`a socket of ${callback} was used after that had ended`, {
      hint: "Await what the callback starts, or come back later: socket.subscribe(after(0, (socket) => …))",
    })
  }
}

/** Another process has taken a view over: its page is told nothing that this one could not keep, and joins anew. */
export class StashSupersededError extends BennuError {
  readonly code = "ERR_LIVE_STASH_SUPERSEDED"
  constructor() {
    super("another process has taken this view over; its page joins anew")
  }
}

/** A checkpoint could not be kept: its page joins anew, so that what is in the store is known to be outdated. */
export class StashFailedError extends BennuError {
  readonly code = "ERR_LIVE_STASH_FAILED"
  constructor(cause: unknown) {
    super("a checkpoint of this view could not be kept; its page joins anew", {
      cause,
      hint: "See bennu.live.stash.fail for what the store says.",
    })
  }
}

/**
 * A page went to a view, and the store does not say whether it has something of an earlier visit: the page is loaded instead. For a
 * view in another one its page comes back by another connection, which is what it counts.
 */
export class StashUnclearError extends BennuError {
  readonly code = "ERR_LIVE_STASH_UNCLEAR"
  constructor(cause: unknown) {
    super(
      "what was kept of an earlier visit to this view could not be put away; its page comes anew",
      {
        cause,
        hint: "See bennu.live.stash.fail for what the store says.",
      },
    )
  }
}

/** Whether a view ended for what it keeps, and not for what it did. */
export const isOfStash = (error: unknown): boolean =>
  error instanceof StashFailedError || error instanceof StashSupersededError

/** A live view could not be joined, and the page is loaded to say so with its status. */
export class PageStatusError extends BennuError {
  readonly code = "ERR_LIVE_PAGE_STATUS"
  override readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  constructor(status: number, cookie: string) {
    super(`the page's view was refused with ${status} when it joined`)
    this.status = status
    this.headers = [["set-cookie", `${cookie}=; Path=/; Max-Age=0`]]
  }
}

/** A stream was told what it cannot do. */
export class StreamError extends BennuError {
  readonly code = "ERR_LIVE_STREAM"
  constructor(problem: string, hint: string) {
    super(problem, { hint })
  }
}

/** A view holds more live components than `limits.components` allows. */
export class TooManyComponentsError extends BennuError {
  readonly code = "ERR_LIVE_TOO_MANY_COMPONENTS"
  readonly limit: number
  constructor(limit: number) {
    super(`more than ${limit} live components stand in this view`, {
      hint: "Use functions from props to markup for rows without a state, or raise limits.components.",
    })
    this.limit = limit
  }
}

/** What a live component rendered is not exactly one element: the page could not tell where it begins and ends. */
export class ComponentRootError extends BennuError {
  readonly code = "ERR_LIVE_COMPONENT_ROOT"
  constructor() {
    super("a live component has to render exactly one element", {
      hint: "Put one element with static tags around it: html`<div>…</div>`.",
    })
  }
}

/** What a view was given by the one around it is not what its `session` takes. */
export class SessionError extends BennuError {
  readonly code = "ERR_LIVE_SESSION"
  readonly issues: readonly Issue[]
  constructor(issues: readonly Issue[]) {
    super(`the view's session refused what it was given: ${issues[0]?.message ?? "refused"}`, {
      hint: "It travels as JSON: a Date arrives as text, a Map as nothing.",
    })
    this.issues = issues
  }
}

/** A live component was rendered in two places at once: its state could be in neither. */
export class DuplicateComponentError extends BennuError {
  readonly code = "ERR_LIVE_COMPONENT_DUPLICATE"
  constructor() {
    super("a live component is rendered twice with the same id", {
      hint: "Give each use of a component an id of its own: component(Row, { id: row.id, … }).",
    })
  }
}

/** What was started with `startAsync` or `assignAsync` was cancelled, replaced by another of its name, or the view has ended. */
export class AsyncCancelledError extends BennuError {
  readonly code = "ERR_LIVE_ASYNC_CANCELLED"
  constructor(name: string) {
    super(`"${name}" was cancelled`)
  }
}

/** What was started with `startAsync` or `assignAsync` took longer than its `timeout`. */
export class AsyncTimeoutError extends BennuError {
  readonly code = "ERR_LIVE_ASYNC_TIMEOUT"
  readonly waited: number
  constructor(name: string, waited: number) {
    super(`"${name}" did not end within ${waited} ms`)
    this.waited = waited
  }
}

/** A view has more work under way than `limits.tasks` allows. */
export class TooManyTasksError extends BennuError {
  readonly code = "ERR_LIVE_TOO_MANY_TASKS"
  readonly limit: number
  constructor(limit: number) {
    super(`more than ${limit} tasks of this view are under way`, {
      hint: "Give tasks that replace one another the same name, or raise limits.tasks.",
    })
    this.limit = limit
  }
}

/** Something was asked of an upload that it cannot do. */
export class UploadUsageError extends BennuError {
  readonly code = "ERR_LIVE_UPLOAD"
  constructor(problem: string, hint: string) {
    super(problem, { hint })
  }
}

/** What an upload is written to took longer than its `chunkTimeout`. */
export class UploadTimeoutError extends BennuError {
  readonly code = "ERR_LIVE_UPLOAD_TIMEOUT"
  readonly waited: number
  constructor(waited: number) {
    super(`a chunk was not written within ${waited} ms`, {
      hint: "The page gives up then. Let the writer take chunks faster, send smaller ones, or raise chunkTimeout.",
    })
    this.waited = waited
  }
}

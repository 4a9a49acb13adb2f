import { type Duration, type Issue, milliseconds, OptionsError } from "@bennu/core"
import { isDevelopment } from "./mode.ts"

/** How much one view may ask for, and one page of it. */
export interface LiveLimits {
  /** Messages that may wait for one view (1,000); it is mounted afresh beyond it. */
  readonly mailbox?: number | undefined
  /** Messages of topics and timers that may share one frame (100). */
  readonly coalesce?: number | undefined
  /** Tasks of `startAsync` and `assignAsync` that one view may have under way (100). */
  readonly tasks?: number | undefined
  /** Live components that one view may hold, those included that its page has not let go of yet (10,000). */
  readonly components?: number | undefined
  /** Sections of `shared` that one view keeps for all of its pages: the last ones that were shown (1,000). */
  readonly sections?: number | undefined
  /**
   * Bytes of JSON that `once` may put into a page (8,192; 32,768 at most); what is more is loaded again. A page brings them, and its stash,
   * each time that it joins, in one frame: raise `frameBytes` with it.
   */
  readonly onceBytes?: number | undefined
  /** Rendering that takes longer than this is told, with the view's name: `"50ms"` in development, and `false` for nothing in production. */
  readonly renderBudget?: Duration | false | undefined
  /** A callback that keeps the process busy for longer than this before it first waits is told, with its view's: as `renderBudget`. */
  readonly handlerBudget?: Duration | false | undefined
  /** How long a callback may take (`"25s"`); the client reloads the page after 30. */
  readonly handlerTimeout?: Duration | undefined
}

/** What our code reads: nothing is optional, times are milliseconds. */
export interface ResolvedLiveLimits {
  readonly mailbox: number
  readonly coalesce: number
  readonly tasks: number
  readonly components: number
  readonly sections: number
  readonly onceBytes: number
  /** Null for no end. */
  readonly renderBudget: number | null
  /** Null for no end. */
  readonly handlerBudget: number | null
  readonly handlerTimeout: number
}

const names: readonly string[] = [
  "mailbox",
  "coalesce",
  "tasks",
  "components",
  "sections",
  "onceBytes",
  "renderBudget",
  "handlerBudget",
  "handlerTimeout",
] satisfies (keyof LiveLimits)[]

// what is sealed and written as text is longer by a third, and a token has 65,536 characters at most
const MOST_ONCE = 32_768

function count(name: string, value: number, issues: Issue[], most = Number.MAX_SAFE_INTEGER) {
  if (!Number.isSafeInteger(value) || value < 1 || value > most) {
    const to = most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`
    issues.push({ message: `has to be a whole number from 1${to}`, path: ["limits", name] })
  }
  return value
}

/** @throws {OptionsError} for what is not a limit: a bound that is NaN would be no bound. */
export function resolveLiveLimits(limits: LiveLimits = {}): ResolvedLiveLimits {
  const { mailbox = 1000, coalesce = 100, tasks = 100, handlerTimeout = "25s" } = limits
  const { components = 10_000, sections = 1000, onceBytes = 8192 } = limits
  const usual = isDevelopment() ? "50ms" : false
  const { renderBudget = usual, handlerBudget = usual } = limits
  const issues: Issue[] = Object.keys(limits)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      message: `is no limit; there are ${names.join(", ")}`,
      path: ["limits", name],
    }))
  const resolved = {
    mailbox: count("mailbox", mailbox, issues),
    coalesce: count("coalesce", coalesce, issues),
    tasks: count("tasks", tasks, issues),
    components: count("components", components, issues),
    sections: count("sections", sections, issues),
    onceBytes: count("onceBytes", onceBytes, issues, MOST_ONCE),
    renderBudget: renderBudget === false ? null : milliseconds(renderBudget),
    handlerBudget: handlerBudget === false ? null : milliseconds(handlerBudget),
    handlerTimeout: milliseconds(handlerTimeout),
  }
  if (issues.length > 0) throw new OptionsError("liveSocket", issues)
  return resolved
}

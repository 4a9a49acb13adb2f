import type { UpgradeRequest } from "@bennu/channels"
import type { ViewProcess } from "../view/view-process.ts"
import type { LiveNesting } from "./live-nesting.ts"

/** A running view, as the views in it need it. */
export interface Parent {
  readonly process: ViewProcess
  readonly nesting: LiveNesting
}

/** The views of one socket. */
interface Family {
  readonly running: Map<string, Parent>
  /** Runs whose page went elsewhere: their children may still ask for them. */
  readonly navigated: Set<string>
}

// A page reaches the views of its own socket only.
const families = new WeakMap<UpgradeRequest, Family>()
const REMEMBERED = 20

function familyOf(request: UpgradeRequest): Family {
  const family = families.get(request) ?? { running: new Map(), navigated: new Set() }
  families.set(request, family)
  return family
}

export function addParent(request: UpgradeRequest, parent: Parent): void {
  familyOf(request).running.set(parent.nesting.instance, parent)
}

/** A view lives on without its socket, and the views in it with it. */
export function leaveFamily(request: UpgradeRequest, { nesting }: Parent): void {
  familyOf(request).running.delete(nesting.instance)
}

/** Ends the views in a view that has ended. */
export function endParent(request: UpgradeRequest, { nesting, process }: Parent): void {
  nesting.end()
  const { running, navigated } = familyOf(request)
  running.delete(nesting.instance)
  if (!process.navigating) return
  navigated.add(nesting.instance)
  const [oldest] = navigated
  if (navigated.size > REMEMBERED && oldest !== undefined) navigated.delete(oldest)
}

/** The running view that a child names; whether its page is on the way elsewhere, or it is gone. */
export function parentOf(
  request: UpgradeRequest,
  instance: string,
): Parent | "navigating" | "gone" {
  const { running, navigated } = familyOf(request)
  return running.get(instance) ?? (navigated.has(instance) ? "navigating" : "gone")
}

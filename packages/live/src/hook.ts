import type { Awaitable, Result } from "@bennu/core"
import type { Redirect } from "./redirect.ts"
import type { Mount } from "./socket.ts"
import type { Handled } from "./subscription.ts"

/** What passes a stage of a view's life, as its hooks see it. */
export interface Stages {
  /** The address's parameters as they came: text, not yet put through the view's schema. */
  readonly handleParams: {
    readonly params: Readonly<Record<string, string>>
    readonly url: URL
  }
  /** What the page sent, before any schema and before `authorize`: any name, anything in it. */
  readonly handleEvent: { readonly event: string; readonly payload: unknown }
  /** `topic` is the name of a topic or of a timer. */
  readonly handleMessage: { readonly topic: string; readonly message: unknown }
  /** The task of an assign that is on its way is called `assign` and its key. */
  readonly handleAsync: { readonly name: string; readonly result: Result<unknown, Error> }
  /**
   * Its page is about to be told what was drawn: all of the view, for a page that joins, or what changed. What a hook pushes goes along; what
   * it assigns is shown with what changes next.
   */
  readonly afterRender: { readonly whole: boolean }
}

/** What comes after a hook. (A method, for its bivariance: a hook takes the sockets of its own view, and is handed no others.) */
export type Next<K, T extends keyof Stages> = {
  next(socket: K, passing?: Stages[T]): Promise<K>
}["next"]

/**
 * Stands around the rest of a stage, as a plug stands around the rest of a request: `next` runs what comes after it and gives the
 * socket of that. What is not passed to `next` stops here.
 */
export type Hook<K, T extends keyof Stages> = (
  socket: K,
  passing: Stages[T],
  next: Next<K, T>,
) => Handled<K>

/** Runs before `mount`, in the page's first answer and at each join. A redirect ends it there. */
// biome-ignore lint/suspicious/noConfusingVoidType: a guard without `return` has the type void, and is welcome
export type OnMount<S> = (mount: Mount<S, unknown>) => Awaitable<void | Redirect>

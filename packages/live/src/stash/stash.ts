import type { StandardSchemaV1 } from "@bennu/core"

/** What of a view's assigns outlives the process that it runs in. */
export interface Stash<A> {
  /** The assigns that are kept, and the shape that each has to have when it comes back: they travel as JSON. */
  readonly keys: { readonly [K in keyof A]?: StandardSchemaV1<unknown, A[K]> }
  /** Raise it when what is kept means something else (1). */
  readonly version?: number | undefined
  /** Makes what this version keeps of what an older one kept; without it that is not restored. */
  readonly migrate?:
    | ((old: Readonly<Record<string, unknown>>, version: number) => unknown)
    | undefined
  /** Those whose change is in the server's store before the page is told of it. */
  readonly checkpoints?: { readonly [K in keyof A]?: true } | undefined
}

/** What of a live component's assigns outlives the process, with the view that it stands in. */
export interface ComponentStash<A> extends Stash<A> {
  /** What the component is called in what is kept: no other's in a view, and the same when code moves. */
  readonly name: string
}

import type { PropsOf } from "../hook-contract.ts"

/**
 * What the view gives an element with the `attrs` of a hook's contract, as it is now: read it when the hook is mounted, and again when it is
 * `updated`.
 * @example const { points } = propsOf<typeof Chart>(this.el)
 */
export function propsOf<C>(element: {
  readonly dataset: Readonly<Record<string, string | undefined>>
}): PropsOf<C> {
  // the view wrote them by the same contract
  return JSON.parse(element.dataset["props"] ?? "{}") as PropsOf<C>
}

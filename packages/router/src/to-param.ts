/**
 * How a value stands in an address: give it a method of this name, and it can be a parameter itself.
 * @example const post = { id: 7, slug: "hello", [ToParam]() { return this.slug } }; path.post({ id: post })
 */
export const ToParam: unique symbol = Symbol.for("bennu.router.ToParam")

/** What says itself how it stands in an address. */
export interface ToParam {
  [ToParam](): string | number | bigint
}

/** What may stand for a parameter. */
export type PathValue = string | number | bigint | ToParam

/** @returns `null` for what is no {@link PathValue}. */
export function textOfValue(value: unknown): string | null {
  if (typeof value === "object" && value !== null && ToParam in value) {
    const make = value[ToParam]
    return typeof make === "function" ? textOfValue(make.call(value)) : null
  }
  const isText = typeof value === "string" || typeof value === "number" || typeof value === "bigint"
  return isText && !Number.isNaN(value) ? String(value) : null
}

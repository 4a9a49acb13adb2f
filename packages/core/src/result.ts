/** A value, or a promise of it: what may be asynchronous and need not be. */
export type Awaitable<T> = T | Promise<T>

/** What came of something a user asked for, when failing is an answer and not a fault: check `ok`. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E }

/** Use it to return what worked: `return ok(todo)`. */
export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })

/** Use it to return what a user has to be told: `return err(changeset)`. */
export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({
  ok: false,
  error,
})

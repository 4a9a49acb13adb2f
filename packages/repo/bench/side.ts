/** One library over the same PostgreSQL; every method is what a program that uses it would write. */
export interface Side {
  get(id: string): Promise<unknown>
  insert(email: string): Promise<unknown>
  /** The first 20 articles by title with their authors and tags. */
  page(): Promise<unknown>
  /** 10,000 rows. */
  rows(): Promise<unknown>
  /** A user with two articles, in one transaction. */
  nested(n: number): Promise<unknown>
  stop(): Promise<unknown>
}
export const POOL = 4

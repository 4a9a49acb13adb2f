import { drizzle, type PgRemoteDatabase } from "drizzle-orm/pg-proxy"
import type { Casing } from "../open-repo.ts"
import { encode } from "./codec.ts"
import type { Engine } from "./engine.ts"
import type { Level } from "./level.ts"
import { arrays, objects } from "./rows.ts"
import type { Waits } from "./waits.ts"

/** Drizzle's query builder over the engine: every statement it makes passes through there. */
export function builder(
  engine: Engine,
  { casing, bound, ...waits }: BuilderOptions,
): PgRemoteDatabase {
  const callback = async (text: string, params: unknown[], method: "all" | "execute") => {
    try {
      const answer = await engine.run({ text, params: params.map(encode) }, bound, waits)
      return { rows: method === "all" ? arrays(answer) : objects(answer) }
    } catch (error) {
      // what the callback throws, Drizzle wraps in an error whose message shows all parameters; what it
      // meets when it reads the rows passes through
      return {
        get rows(): never {
          throw error
        },
      }
    }
  }
  return drizzle(callback, casing === undefined ? {} : { casing })
}

export interface BuilderOptions extends Waits {
  readonly casing: Casing | undefined
  readonly bound?: Level | undefined
}

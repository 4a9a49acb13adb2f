import type { Sql } from "../sql.ts"
import { encode } from "./codec.ts"
import type { Engine } from "./engine.ts"
import type { Level } from "./level.ts"
import { objects } from "./rows.ts"

/** The port over the engine; within a transaction it is bound to that. */
export function sqlOver(engine: Engine, bound?: Level): Sql {
  return {
    async query(text, params = [], { signal } = {}) {
      const answer = await engine.run({ text, params: params.map(encode) }, bound, signal)
      return { rows: objects(answer), count: answer.count }
    },
    transaction: (run) => engine.transaction((level) => run(sqlOver(engine, level)), {}, bound),
    session: (run) => engine.session((level) => run(sqlOver(engine, level)), bound),
  }
}

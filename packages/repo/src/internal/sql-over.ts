import type { Sql } from "../sql.ts"
import { encode } from "./codec.ts"
import type { Engine } from "./engine.ts"
import type { Lane } from "./gate.ts"
import type { Level } from "./level.ts"
import { objects } from "./rows.ts"
import { waitsOf } from "./waits.ts"

/** The port over the engine; within a transaction it is bound to that. */
export function sqlOver(engine: Engine, { bound, lane }: SqlOverOptions): Sql {
  const within = (level: Level) => sqlOver(engine, { bound: level, lane })
  return {
    async query(text, params = [], options = {}) {
      const asked = { text, params: params.map(encode) }
      const answer = await engine.run(asked, bound, waitsOf(options, lane))
      return { rows: objects(answer), count: answer.count }
    },
    transaction: (run) => engine.transaction((level) => run(within(level)), { lane }, bound),
    session: (run) => engine.session((level) => run(within(level)), bound),
  }
}

interface SqlOverOptions {
  readonly bound?: Level | undefined
  readonly lane?: Lane | undefined
}

import { err } from "@bennu/core"
import type { Repo } from "@bennu/repo"

/** A transaction of a random program: what it does in order, and how it ends. A number is a row to insert. */
export interface Program {
  readonly steps: readonly (number | "fail" | Program | readonly Program[])[]
  readonly ends: "returns" | "throws" | "refuses"
}

export function program(random: () => number, depth: number): Program {
  const steps = Array.from({ length: Math.floor(random() * 5) }, () => {
    const drawn = random()
    if (drawn < 0.15) return "fail"
    if (drawn < 0.5 || depth === 0) return Math.floor(random() * 1e6)
    if (drawn < 0.85) return program(random, depth - 1)
    return [program(random, depth - 1), program(random, depth - 1)]
  })
  const drawn = random()
  return { steps, ends: drawn < 0.6 ? "returns" : drawn < 0.8 ? "throws" : "refuses" }
}

/** What it leaves: nothing of a transaction that ended badly or swallowed a failed query. */
export function kept({ steps, ends }: Program): number[] {
  if (ends !== "returns" || steps.includes("fail")) return []
  return steps.flatMap((step) => {
    if (typeof step === "number") return [step]
    if (step === "fail") return []
    return "steps" in step ? kept(step) : step.flatMap(kept)
  })
}

/** The handle and the surrounding repo are the same transaction, so it takes now the one, now the other. */
export async function run(repo: Repo, { steps, ends }: Program): Promise<void> {
  const swallow = (): void => {}
  await repo
    .transaction(async (tx) => {
      for (const step of steps) {
        const { sql } = typeof step === "number" && step % 2 === 0 ? tx : repo
        if (typeof step === "number")
          await sql.query("insert into kept values ($1)", [step]).catch(swallow)
        else if (step === "fail") await sql.query("select 1/0").catch(swallow)
        else
          await ("steps" in step
            ? run(repo, step)
            : Promise.all(step.map((each) => run(repo, each))))
      }
      if (ends === "throws") throw new Error("as planned")
      return ends === "refuses" ? err("as planned") : null
    })
    .catch(swallow)
}

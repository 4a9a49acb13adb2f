import { type Duration, milliseconds } from "@bennu/core"
import type { Answer, Statement } from "../driver.ts"
import { RepoUsageError } from "../errors.ts"
import { type QueryPlan, queryExplained } from "../telemetry.ts"

export interface ExplainOptions {
  /** How long a statement has run to be a slow one (`"500ms"`). */
  readonly threshold?: Duration | undefined
  /** How many of those are explained, from 0 to 1 (1). */
  readonly sample?: number | undefined
  /** In [0, 1) (`Math.random`). */
  readonly random?: (() => number) | undefined
}

/** Asks for the plans of statements that took long: of one at a time, on a connection of its own, without running it again. */
export class SlowQueries {
  readonly #threshold: number
  readonly #sample: number
  readonly #random: () => number
  readonly #driver: string
  readonly #explain: (statement: Statement) => Promise<Answer>
  #busy = false

  /** @param explain Runs a statement when nobody waits for its connection. */
  constructor(
    { threshold = "500ms", sample = 1, random = Math.random }: ExplainOptions,
    driver: string,
    explain: (statement: Statement) => Promise<Answer>,
  ) {
    if (!(sample >= 0 && sample <= 1))
      throw new RepoUsageError(`explain.sample is ${sample}`, "Pass a number from 0 to 1.")
    this.#threshold = milliseconds(threshold)
    this.#sample = sample
    this.#random = random
    this.#driver = driver
    this.#explain = explain
  }

  /** @param queryTime What it took, in milliseconds. */
  look(statement: Statement, queryTime: number): void {
    if (queryTime < this.#threshold || this.#busy || !queryExplained.active) return
    if (!explainable.test(statement.text) || this.#random() >= this.#sample) return
    this.#busy = true
    void this.#tell(statement, queryTime)
  }

  async #tell({ text, params }: Statement, queryTime: number): Promise<void> {
    const told = { driver: this.#driver, statement: text, queryTime }
    try {
      const asked = { text: `explain (format json) ${text}`, params, once: true }
      const { rows } = await this.#explain(asked)
      const [explained]: { Plan?: QueryPlan }[] = JSON.parse(rows[0]?.[0] ?? "[]", masked)
      queryExplained.emit(() => ({ ...told, plan: explained?.Plan }))
    } catch (error) {
      queryExplained.emit(() => ({ ...told, error }))
    } finally {
      this.#busy = false
    }
  }
}

/** What EXPLAIN takes; utility statements have no plan. */
const explainable = /^\s*(select|with|insert|update|delete|merge|values)\b/i

/** What in a plan names things; conditions hold what a statement's parameters were. */
const names = new Set([
  "Node Type",
  "Relation Name",
  "Schema",
  "Alias",
  "Index Name",
  "CTE Name",
  "Function Name",
  "Subplan Name",
  "Join Type",
  "Scan Direction",
  "Parent Relationship",
  "Strategy",
  "Partial Mode",
  "Operation",
  "Command",
])

/** Quoted text and numbers of expressions are left out, as parameters are everywhere in our telemetry. */
function masked(key: string, value: unknown): unknown {
  if (typeof value !== "string" || names.has(key)) return value
  // a doubled quote within is an end and a beginning
  const parts = value.split("'").map((part, at) => (at % 2 === 1 ? "" : part))
  return parts
    .join("?")
    .replaceAll(/\?\?/g, "?")
    .replaceAll(/\b\d[\d.]*\b/g, "?")
}

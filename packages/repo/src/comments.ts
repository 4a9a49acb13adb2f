import { contextKey } from "@bennu/core"
import { traceparent } from "@bennu/telemetry"
import type { Statement } from "./driver.ts"
import { RepoUsageError } from "./errors.ts"

/** What a comment says of a statement: `{ route: "GET /todos" }`. */
export type QueryTags = Readonly<Record<string, string | undefined>>

export interface CommentOptions {
  /** What every statement carries: `{ application: "shop" }`. It stays the same, so that statements stay prepared. */
  readonly always?: QueryTags | undefined
  /**
   * Of how many statements also what is said around them ({@link tagQueries}, and `traceparent` where there is a trace) is
   * written, from 0 to 1 (0.01). Those are not prepared, as each is another text. All carry it where none is prepared: on
   * PGlite, and behind a pooler.
   */
  readonly sample?: number | undefined
  /** In [0, 1) (`Math.random`). */
  readonly random?: (() => number) | undefined
}

const around = contextKey<QueryTags>("repo query tags")

/**
 * Says what the statements of `work` are for, where a repo has `comments`: for who looks at `pg_stat_activity`, at a slow
 * query log or at pganalyze. What was said around it stays.
 * @example const plug = (conn, next) => tagQueries({ route: conn.url.pathname }, () => next(conn))
 */
export const tagQueries = <R>(tags: QueryTags, work: () => R): R =>
  around.run({ ...around.get(), ...tags }, work)

/** Statements whose text with its comment is remembered; a program has few. */
const MAX_TEXTS = 1_000

/** Writes comments behind statements. */
export class Comments {
  readonly #always: QueryTags
  readonly #constant: string
  readonly #sample: number
  readonly #random: () => number
  readonly #texts = new Map<string, string>()

  /** @param prepares Whether the driver names statements. */
  constructor(
    { always = {}, sample = 0.01, random = Math.random }: CommentOptions,
    prepares: boolean,
  ) {
    if (!(sample >= 0 && sample <= 1))
      throw new RepoUsageError(`comments.sample is ${sample}`, "Pass a number from 0 to 1.")
    this.#always = always
    this.#constant = commentOf(always)
    this.#sample = prepares ? sample : 1
    this.#random = random
  }

  /** The statement as it is sent. */
  on(statement: Statement): Statement {
    if (statement.copy !== undefined) return statement
    const { text } = statement
    if (this.#sample > 0 && this.#random() < this.#sample) {
      const comment = commentOf({ ...this.#always, traceparent: traceparent(), ...around.get() })
      if (comment !== this.#constant) return { ...statement, text: text + comment, once: true }
    }
    return this.#constant === "" ? statement : { ...statement, text: this.#known(text) }
  }

  #known(text: string): string {
    let known = this.#texts.get(text)
    if (known === undefined) {
      known = text + this.#constant
      if (this.#texts.size < MAX_TEXTS) this.#texts.set(text, known)
    }
    return known
  }
}

const MAX_TAGS = 16
const MAX_LENGTH = 200

/**
 * Keys in order, each with its value, both percent-encoded: nothing of them ends the comment or the quote, whoever they
 * are from. @see google.github.io/sqlcommenter/spec
 */
export function commentOf(tags: QueryTags): string {
  const pairs = Object.entries(tags)
    .filter(([key, value]) => key !== "" && value !== undefined && value !== "")
    .slice(0, MAX_TAGS)
    .map(([key, value = ""]) => `${encoded(key)}='${encoded(value)}'`)
    .toSorted()
  return pairs.length === 0 ? "" : ` /*${pairs.join()}*/`
}

/** As RFC 3986 §2.3 does it: all but letters, digits and `-._~`. */
const encoded = (text: string): string =>
  encodeURIComponent(text.slice(0, MAX_LENGTH).toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )

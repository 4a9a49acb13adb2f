/** One statement of a file, and where it stands. */
export interface StatementText {
  readonly text: string
  /** Of its first character, from 0. */
  readonly offset: number
}

/** A comment of one line outside of any statement's strings and bodies. */
export interface LineComment {
  readonly comment: string
  readonly offset: number
}

/**
 * Splits SQL into its statements at the semicolons that end one: not those in strings, dollar quotes, comments,
 * parentheses or `begin atomic … end`. The rules are psql's (PostgreSQL's src/fe_utils/psqlscan.l).
 */
export function splitStatements(sql: string): StatementText[] {
  return parts(sql).filter((part) => "text" in part)
}

/** The statements and the line comments at their level, in order. */
export function parts(sql: string): (StatementText | LineComment)[] {
  const found: (StatementText | LineComment)[] = []
  let at = 0
  let start: number | undefined
  let end = 0
  let parentheses = 0
  let bodies = 0
  let words: string[] = []

  const finish = (): void => {
    if (start !== undefined) found.push({ text: sql.slice(start, end), offset: start })
    start = undefined
    parentheses = 0
    bodies = 0
    words = []
  }
  /** The token from here to `to` is part of a statement. */
  const take = (to: number): void => {
    start ??= at
    at = Math.min(to, sql.length)
    end = at
  }

  while (at < sql.length) {
    const char = sql.charAt(at)
    const pair = sql.slice(at, at + 2)
    if (pair === "--") {
      const to = until(sql, "\n", at)
      found.push({ comment: sql.slice(at + 2, to).trim(), offset: at })
      at = to
    } else if (pair === "/*") at = blockCommentEnd(sql, at)
    else if (char === "'") take(stringEnd(sql, at, false))
    else if (char === '"') take(until(sql, '"', at + 1) + 1)
    else if (char === "$") take(dollarEnd(sql, at))
    else if (isWordStart(char)) {
      const to = wordEnd(sql, at)
      const word = sql.slice(at, to).toLowerCase()
      if (word === "e" && sql[to] === "'") take(stringEnd(sql, to, true))
      else {
        if (words.length < 4) words.push(word)
        if (isRoutine(words)) {
          if (word === "begin" || (word === "case" && bodies > 0)) bodies += 1
          else if (word === "end" && bodies > 0) bodies -= 1
        }
        take(to)
      }
    } else if (char === ";" && parentheses === 0 && bodies === 0) {
      finish()
      at += 1
    } else if (isSpace(char)) at += 1
    else {
      if (char === "(") parentheses += 1
      if (char === ")" && parentheses > 0) parentheses -= 1
      take(at + 1)
    }
  }
  finish()
  return found
}

/** Only the bodies of functions and procedures may be `begin atomic`; elsewhere `begin` starts a transaction. */
function isRoutine([first, second, third, fourth]: readonly string[]): boolean {
  const kind = second === "or" && third === "replace" ? fourth : second
  return first === "create" && (kind === "function" || kind === "procedure")
}

function until(sql: string, end: string, from: number): number {
  const found = sql.indexOf(end, from)
  return found === -1 ? sql.length : found
}

/** Block comments nest in SQL. */
function blockCommentEnd(sql: string, from: number): number {
  let depth = 0
  for (let at = from; at < sql.length; ) {
    const pair = sql.slice(at, at + 2)
    if (pair === "/*") depth += 1
    if (pair === "*/") depth -= 1
    at += pair === "/*" || pair === "*/" ? 2 : 1
    if (depth === 0) return at
  }
  return sql.length
}

/** A doubled quote needs no care: it ends one string and starts the next. */
function stringEnd(sql: string, from: number, backslashes: boolean): number {
  for (let at = from + 1; at < sql.length; at += 1) {
    if (backslashes && sql[at] === "\\") at += 1
    else if (sql[at] === "'") return at + 1
  }
  return sql.length
}

/** `$tag$ … $tag$`, or a lone `$`. */
function dollarEnd(sql: string, from: number): number {
  let to = from + 1
  while (isWord(sql.charAt(to)) && sql[to] !== "$") to += 1
  const isTag = sql[to] === "$" && !isDigit(sql.charAt(from + 1))
  if (!isTag) return to
  const tag = sql.slice(from, to + 1)
  return until(sql, tag, to + 1) + tag.length
}

function wordEnd(sql: string, from: number): number {
  let to = from
  while (isWord(sql.charAt(to))) to += 1
  return to
}

const isSpace = (char: string): boolean => " \t\r\n\f\v".includes(char)
const isDigit = (char: string): boolean => char >= "0" && char <= "9"
/** Letters, the underscore, and everything beyond ASCII: postgresql.org/docs/current/sql-syntax-lexical.html */
const isWordStart = (char: string): boolean =>
  (char >= "a" && char <= "z") || (char >= "A" && char <= "Z") || char === "_" || char > "\x7f"
const isWord = (char: string): boolean => isWordStart(char) || isDigit(char) || char === "$"

/** Line and column of an offset, from 1. */
export function placeOf(sql: string, offset: number): { line: number; column: number } {
  const before = sql.slice(0, offset)
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") }
}

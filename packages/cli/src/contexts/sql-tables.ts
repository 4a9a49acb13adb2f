/** A table that a statement names. */
export interface NamedTable {
  /** As PostgreSQL reads it, with its schema if one is written: `"auth.users"`. */
  readonly name: string
  /** Where in the text it stands. */
  readonly at: number
}

interface Token {
  readonly kind: "name" | "quoted" | "other"
  /** Folded to lower case as PostgreSQL folds it; without its quotes. */
  readonly text: string
  readonly at: number
}

// Blanks, comments, and what is quoted; a name; anything else by its letter. No alternative can match in two ways.
const TOKENS =
  /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[eE]'(?:[^'\\]|\\.|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)|(\$[a-zA-Z_]*\$)|"((?:[^"]|"")*)(?:"|$)|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|[\s\S]/g

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = []
  TOKENS.lastIndex = 0
  for (let match = TOKENS.exec(sql); match !== null; match = TOKENS.exec(sql)) {
    const [whole, dollar, quoted, name] = match
    const at = match.index
    if (dollar !== undefined) {
      const end = sql.indexOf(dollar, TOKENS.lastIndex)
      TOKENS.lastIndex = end === -1 ? sql.length : end + dollar.length
    } else if (quoted !== undefined)
      tokens.push({ kind: "quoted", text: quoted.replaceAll('""', '"'), at })
    else if (name !== undefined) tokens.push({ kind: "name", text: name.toLowerCase(), at })
    else if (!/^(?:\s|--|\/\*|[eE]?')/.test(whole)) tokens.push({ kind: "other", text: whole, at })
  }
  return tokens
}

/** Words after which a table is named. */
const BEFORE: ReadonlySet<string> = new Set("from join into update using truncate table".split(" "))
/** Of these, the ones after which commas may name more. */
const LISTS: ReadonlySet<string> = new Set("from using truncate table".split(" "))
/** Words that may stand between. */
const BETWEEN: ReadonlySet<string> = new Set("only lateral if exists table".split(" "))
/** Words that end a list of tables. */
const ENDS: ReadonlySet<string> = new Set(
  "select where group order having limit offset fetch for union intersect except returning values set window with".split(
    " ",
  ),
)
/** `for update`, `on conflict do update`, `on update cascade`, `is distinct from`. */
const NO_TABLE_AFTER: ReadonlySet<string> = new Set("for key do on distinct".split(" "))
/** Functions in whose arguments `from` means something else. */
const OWN_SYNTAX: ReadonlySet<string> = new Set(
  "extract substring trim overlay position".split(" "),
)

/**
 * The tables that a statement reads or writes, without those that it names itself (`with`). Holes of a template are any
 * letters that are no name. It looks at words alone, so that it may be given a part of a statement.
 */
export function tablesIn(sql: string): NamedTable[] {
  const tokens = tokensOf(sql)
  const found: NamedTable[] = []
  // by depth of parentheses: whether commas separate tables, and whether words have another meaning
  const levels = [{ list: false, special: false }]
  let expected: string | null = null
  for (let at = 0; at < tokens.length; at++) {
    const { kind, text } = tokens[at] ?? NOTHING
    const before = tokens[at - 1] ?? NOTHING
    const level = levels.at(-1) ?? { list: false, special: false }
    if (text === "(" && kind === "other")
      levels.push({ list: false, special: OWN_SYNTAX.has(before.text) })
    else if (kind === "other") {
      if (text === ")" && levels.length > 1) levels.pop()
      expected = text === "," && level.list ? "," : null
    } else if (kind === "name" && ENDS.has(text)) {
      level.list = false
      expected = null
    } else if (
      kind === "name" &&
      BEFORE.has(text) &&
      !level.special &&
      !NO_TABLE_AFTER.has(before.text)
    ) {
      const columns = text === "using" && tokens[at + 1]?.text === "("
      if (!columns) expected = text
      if (!columns && text !== "join") level.list = LISTS.has(text)
    } else if (expected !== null && !(kind === "name" && BETWEEN.has(text))) {
      const parts = partsFrom(tokens, at)
      const last = at + 2 * (parts.length - 1)
      const called = expected !== "into" && tokens[last + 1]?.text === "("
      if (!called) found.push({ name: parts.join("."), at: tokens[at]?.at ?? 0 })
      expected = null
      at = last
    }
  }
  const own = namedWith(tokens)
  return found.filter(({ name }) => !own.has(name))
}

const NOTHING: Token = { kind: "other", text: "", at: 0 }

/** `users`, `auth.users`: the names that are joined by dots. */
function partsFrom(tokens: readonly Token[], start: number): string[] {
  const parts: string[] = []
  for (let at = start; ; at += 2) {
    const token = tokens[at] ?? NOTHING
    if (token.kind === "other") return parts
    parts.push(token.text)
    if (tokens[at + 1]?.text !== "." || (tokens[at + 2] ?? NOTHING).kind === "other") return parts
  }
}

/** The names of a statement's own queries: `users as (`, `users (id) as not materialized (`. */
function namedWith(tokens: readonly Token[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [at, { text }] of tokens.entries()) {
    if (text !== "as") continue
    const words = tokens.slice(at + 1, at + 4).map((token) => token.text)
    if (words.find((word) => word !== "not" && word !== "materialized") !== "(") continue
    const end =
      tokens[at - 1]?.text === ")"
        ? tokens.findLastIndex((each, before) => before < at && each.text === "(")
        : at
    const name = tokens[end - 1] ?? NOTHING
    if (name.kind !== "other") names.add(name.text)
  }
  return names
}

import { type Migration, ordered } from "./migration.ts"
import { placeOf } from "./statements.ts"

/**
 * The file and line of the statement that a line of structure is most likely about: the newest that names the column
 * (constraint, index …) and its table, else the newest that names the table. Null where no file does.
 */
export function placeOfDrift(line: string, migrations: readonly Migration[]): string | null {
  const statements = ordered(migrations).toReversed().flatMap(statementsOf)
  for (const names of namesIn(line)) {
    const found = statements.find(({ words }) => names.every((name) => words.has(name)))
    if (found !== undefined) return found.place
  }
  return null
}

/** What a line is about: all of its names first, then the table's alone. */
function namesIn(line: string): string[][] {
  const [, kind = "", rest = ""] = /^[-+] (\w+) (.*)$/s.exec(line) ?? []
  const words = wordsOf(rest)
  if (kind === "column") return [words.slice(0, 2), words.slice(0, 1)]
  // constraint NAME on TABLE …; CREATE UNIQUE INDEX NAME ON TABLE …; CREATE TRIGGER NAME … ON TABLE …
  const on = words.indexOf("on")
  if (kind === "constraint" || kind === "index" || kind === "trigger") {
    const [name = "", table = ""] = [words[kind === "trigger" ? 2 : on - 1], words[on + 1]]
    return [[name, table], [name], [table]]
  }
  return [words.slice(0, 1)]
}

function statementsOf({ up, file }: Migration) {
  if (file === undefined || !("statements" in up)) return []
  return up.statements.toReversed().map(({ text, offset }) => ({
    words: new Set(wordsOf(text)),
    place: `${file}:${placeOf(up.source, offset).line}`,
  }))
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? []

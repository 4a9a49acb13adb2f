/** Makes a value of its text; none where the text is the value. */
export type Read = ((text: string) => unknown) | undefined

/** Makes a row of the texts that came for it. */
export type RowReader = (texts: readonly (string | null)[]) => Record<string, unknown>

/**
 * A function that makes rows with these names of texts. It is written out as source, since an object that is made whole
 * by a literal costs a fraction of one that grows by names from a list; where making functions from text is forbidden
 * (`--disallow-code-generation-from-strings`) rows are made so.
 * @param from Where among the texts the first one stands; the others follow.
 */
export function rowReader(
  names: readonly string[],
  reads: readonly Read[],
  from: number,
): RowReader {
  const fields = names.map((name, at) => {
    const text = `texts[${from + at}]`
    const value = reads[at] === undefined ? text : `${text} === null ? null : read${at}(${text})`
    return `${keyOf(name)}: ${value}`
  })
  const known = reads.map((_, at) => `read${at}`).join(", ")
  try {
    const make = new Function(known, `return (texts) => ({ ${fields.join(", ")} })`)
    return make(...reads)
  } catch {
    return (texts) =>
      Object.fromEntries(names.map((name, at) => [name, read(texts[from + at], reads[at])]))
  }
}

/** As it stands in a literal, where `__proto__` would not be a name. */
const keyOf = (name: string): string =>
  name === "__proto__" ? `["__proto__"]` : JSON.stringify(name)

const read = (text: string | null | undefined, decode: Read): unknown =>
  text === null || text === undefined || decode === undefined ? (text ?? null) : decode(text)

import { bare } from "@bennu/core/bare"

/** What the parameters of a pattern stood for in a path, decoded once. It inherits nothing. */
export type Params = Readonly<Record<string, string>>

export const noParams: Params = Object.freeze(bare<string>())

/**
 * Reads the parameters out of a path.
 * @param spans Where each value starts and ends, two numbers each.
 * @returns `null` when a value is no percent-encoded UTF-8.
 */
export function readParams(
  names: readonly string[],
  path: string,
  spans: Int32Array,
): Params | null {
  const params = bare<string>()
  const { length } = names
  // of several values mostly none is encoded, which one look tells; a single one is shorter than the rest of the path
  const plain = length > 1 && !isEncoded(path, spans[0])
  for (let index = 0; index < length; index += 1) {
    const raw = path.slice(spans[2 * index], spans[2 * index + 1])
    const value = plain || !isEncoded(raw) ? raw : decode(raw)
    if (value === null) return null
    // there is a name at each index
    params[names[index] as string] = value
  }
  return params
}

// indexOf is several times faster than includes here: the engine does not inline the latter
const isEncoded = (text: string, from = 0): boolean => text.indexOf("%", from) !== -1

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

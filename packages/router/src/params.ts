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
  // mostly there is none, which one look tells for all values
  let percent = -1
  for (let index = 0; index < names.length; index += 1) {
    // there are two numbers for each name
    const start = spans[2 * index] as number
    const stop = spans[2 * index + 1] as number
    if (percent < start) percent = nextPercent(path, start)
    const raw = path.slice(start, stop)
    const value = percent < stop ? decode(raw) : raw
    if (value === null) return null
    // there is a name at each index
    params[names[index] as string] = value
  }
  return params
}

/** Where the next escape starts; the length of the path where there is none. */
function nextPercent(path: string, from: number): number {
  // indexOf is several times faster than includes here: the engine does not inline the latter
  const percent = path.indexOf("%", from)
  return percent === -1 ? path.length : percent
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

// A batch of lookups as one call, so that the loop around it costs next to nothing.
import type { Made } from "./routers.ts"
import type { Asked, Mode } from "./tables.ts"

export const BATCH = 64

export const asking = (router: Made, mode: Mode, asked: readonly Asked[]): (() => number) => {
  const batch = Array.from({ length: BATCH }, (_, turn) => asked[turn % asked.length] as Asked)
  return mode === "match" ? matching(router, batch) : reading(router, batch)
}

function matching({ match }: Made, batch: readonly Asked[]) {
  return () => {
    let found = 0
    for (const { verb, path } of batch) if (match(verb, path)) found += 1
    return found
  }
}

/** The paths stand in one text, so that each is cut off anew: with no hash yet, and not interned. */
function reading({ read, star = "*" }: Made, batch: readonly Asked[]) {
  const paths = batch.map(({ path }, turn) => path.replace("~", `${7 * turn}`))
  const text = paths.join(" ")
  let start = 0
  const cuts = batch.map(({ verb, names }, turn) => {
    const end = start + (paths[turn] as string).length
    const cut = { verb, names: names.map((name) => (name === "*" ? star : name)), start, end }
    start = end + 1
    return cut
  })
  return () => {
    let sum = 0
    for (const { verb, names, start, end } of cuts) sum += read(verb, text.slice(start, end), names)
    return sum
  }
}

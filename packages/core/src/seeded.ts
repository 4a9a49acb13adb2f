import type { Random } from "./time.ts"

/**
 * Numbers in [0, 1) that follow from the seed, so that what chance did can be repeated: for tests, seeds and examples. Not
 * for secrets. Mulberry32, by Tommy Ettinger (public domain): 32 bits of state.
 * @example seeded(7)() === seeded(7)() // true
 */
export function seeded(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export { type ArbitraryOptions, arbitrary, type RowOptions } from "./arbitrary/arbitrary.ts"
export { ArbitraryError } from "./arbitrary/errors.ts"

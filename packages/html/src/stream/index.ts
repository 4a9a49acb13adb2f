export { type Later, later, type Source } from "./later.ts"
export { type StreamOptions, stream } from "./stream.ts"

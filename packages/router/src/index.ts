export { PathParameterError, PatternError, RouteConflictError } from "./errors.ts"
export type { Params } from "./params.ts"
export {
  type Path,
  type PathOf,
  type PathPattern,
  type PathValue,
  paths,
  type QueryValues,
} from "./paths.ts"
export { joinPatterns } from "./pattern.ts"
export { printRoutes } from "./print.ts"
export { type Route, type RouteGroup, type Verb, verbs } from "./route.ts"
export { type Match, type Router, router } from "./router.ts"

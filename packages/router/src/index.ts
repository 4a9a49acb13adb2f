export { forward, match, pathBelow, type RouteOptions, route } from "./declare.ts"
export {
  PathParameterError,
  PatternError,
  ResourceError,
  RouteConflictError,
  StaticPathError,
} from "./errors.ts"
export { joinPatterns } from "./join-patterns.ts"
export type { Params } from "./params.ts"
export {
  type Address,
  type AddressOf,
  type NamesOf,
  type Path,
  type PathLine,
  type PathPattern,
  type PathsOptions,
  paths,
} from "./paths.ts"
export { type AnyFunction, lineOf, type Place, placeOfCall } from "./place.ts"
export { printRoutes } from "./print.ts"
export { type QueryValue, type QueryValues, query } from "./query.ts"
export {
  type Action,
  type AnyResourcePaths,
  type ResourceOptions,
  type ResourcePaths,
  resourcePaths,
  type VerbsOfActions,
} from "./resource-paths.ts"
export { type ResourceGroup, resources } from "./resources.ts"
export {
  type Constraints,
  flatten,
  type OneOf,
  type Route,
  type RouteGroup,
  type Verb,
  verbs,
} from "./route.ts"
export { type Router, router } from "./router.ts"
export { type StaticManifest, type StaticPathsOptions, staticPaths } from "./static-paths.ts"
export type { Match } from "./table.ts"
export { type PathValue, ToParam } from "./to-param.ts"

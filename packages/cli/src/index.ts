export {
  type BennuConfig,
  type BoundariesConfig,
  type ContextConfig,
  type DatabaseConfig,
  defineConfig,
} from "./config.ts"
export { type ContextFacts, type ContextsReport, checkContexts } from "./contexts/check-contexts.ts"
export { contextGraph } from "./contexts/graph.ts"
export type { Problem, Rule } from "./contexts/problem.ts"
export { checkDatabase, type DatabaseReport, type DatabaseRule } from "./database/check-database.ts"
export { ConfigError } from "./errors.ts"
export { type LoadedConfig, loadConfig } from "./load-config.ts"
export { run } from "./run.ts"

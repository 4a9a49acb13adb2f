export { GenerateError } from "./generate/errors.ts"
export {
  type Generated,
  type GenerateOptions,
  generateMigration,
  type Snapshot,
} from "./generate/generate-migration.ts"
export { type Baseline, type BaselineOptions, writeBaseline } from "./generate/write-baseline.ts"
export { type WriteOptions, writeMigration } from "./generate/write-migration.ts"

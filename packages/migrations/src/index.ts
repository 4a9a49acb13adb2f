export { type BackfillOptions, backfill } from "./backfill.ts"
export { checkConstraints } from "./check-constraints.ts"
export { checkMigrations, type MigrationFinding } from "./check-migrations.ts"
export {
  addConstraint,
  dropConstraint,
  renameConstraint,
  validateConstraint,
} from "./constraint-definitions.ts"
export { drizzleMigrationsIn } from "./drizzle-folder.ts"
export {
  BackfillError,
  IrreversibleMigrationError,
  MigrationDriftError,
  MigrationError,
  MigrationFormatError,
  MigrationLockError,
  MigrationLockLostError,
  type MissingConstraint,
  MissingConstraintsError,
  type Place,
  SeedError,
} from "./errors.ts"
export { forkedSnapshots } from "./forked-snapshots.ts"
export {
  createIndex,
  dropIndex,
  type IndexOptions,
  renameIndex,
} from "./index-definitions.ts"
export {
  type MigrateOptions,
  type MigrateUpOptions,
  type MigrationSql,
  migrate,
  type RollbackOptions,
  rollback,
} from "./migrate.ts"
export {
  type CodeStep,
  type Migration,
  type MigrationSteps,
  migration,
  type Phase,
  type SqlStep,
  type Step,
  sqlMigration,
} from "./migration.ts"
export { migrationsIn } from "./migrations-in.ts"
export {
  type Drift,
  driftOf,
  type ProofFinding,
  proveConstraints,
  proveMigrations,
} from "./scratch.ts"
export { type Seed, type SeedOptions, type SeedVolume, seed } from "./seed.ts"
export {
  type SeedRowsOptions,
  type SeedVolumeOptions,
  seedRows,
  seedVolume,
} from "./seed-rows.ts"
export { type StatementText, splitStatements } from "./statements.ts"
export { type MigrationStatus, status } from "./status.ts"
export {
  type BackfillProgressed,
  backfillProgressed,
  type MigrationStopped,
  type MigrationsAwaited,
  migrationStopped,
  migrationsAwaited,
  type SeedStopped,
  seedStopped,
} from "./telemetry.ts"

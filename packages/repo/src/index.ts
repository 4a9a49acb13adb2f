export type { Answer, Column, Connection, Database, Driver, Statement } from "./driver.ts"
export {
  ConflictError,
  ConnectionError,
  ConstraintError,
  DatabaseLockedError,
  DataDirectoryError,
  MultipleRowsError,
  NotFoundError,
  PoolFullError,
  PoolTimeoutError,
  QueryError,
  RepoClosedError,
  RepoUsageError,
  type ServerReport,
  StaleError,
  TransactionAbortedError,
  TransactionDoneError,
} from "./errors.ts"
export { type Casing, openRepo, type RepoOptions } from "./open-repo.ts"
export type {
  Filter,
  Id,
  Isolation,
  Loaded,
  Loads,
  NewRow,
  OnConflict,
  Query,
  QueryBuilder,
  Repo,
  TransactionOptions,
  Waiting,
} from "./repo.ts"
export type { Sql, SqlOptions, SqlRow, SqlRows } from "./sql.ts"
export { type QueryStopped, queryStopped } from "./telemetry.ts"

export { type CommentOptions, type QueryTags, tagQueries } from "./comments.ts"
export type { Answer, Column, Connection, Copying, Database, Driver, Statement } from "./driver.ts"
export {
  ConflictError,
  ConnectionError,
  ConstraintError,
  DatabaseLockedError,
  DataDirectoryError,
  MultipleRowsError,
  NotFoundError,
  OverloadedError,
  PoolerError,
  PoolFullError,
  PoolTimeoutError,
  QueryError,
  QueryTimeoutError,
  RepoClosedError,
  RepoUsageError,
  ScopeError,
  type ServerReport,
  StaleError,
  TransactionAbortedError,
  TransactionDoneError,
} from "./errors.ts"
export type { ExplainOptions } from "./internal/slow-queries.ts"
export { type FailedStep, type Multi, multi } from "./multi.ts"
export {
  type Casing,
  type OpenRepo,
  openRepo,
  type PoolGauges,
  type RepoOptions,
} from "./open-repo.ts"
export type {
  Aggregate,
  Aggregated,
  CopyIn,
  CopyOut,
  Filter,
  Id,
  Isolation,
  Lane,
  Loaded,
  Loading,
  Loads,
  NewRow,
  OnConflict,
  Preload,
  Preloads,
  Query,
  QueryBuilder,
  Repo,
  RepoScope,
  ScopedRepo,
  Settings,
  StreamQuery,
  TransactionOptions,
  Upsert,
  Waiting,
} from "./repo.ts"
export type { Sql, SqlOptions, SqlRow, SqlRows } from "./sql.ts"
export {
  type QueryExplained,
  type QueryPlan,
  type QueryStopped,
  queryExplained,
  queryStopped,
} from "./telemetry.ts"
export {
  type NetworkAwaited,
  networkAwaited,
  type QueryRepeated,
  queryRepeated,
  type UnitsOfWork,
  watchNetwork,
  watchRepeats,
} from "./watch.ts"

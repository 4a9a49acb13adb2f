export { bare, isBare } from "./bare.ts"
export type { Child, Service } from "./child.ts"
export { type ContextKey, contextKey } from "./context.ts"
export {
  type DevelopmentSecretOptions,
  developmentSecret,
  SecretFileError,
  SecretMissingError,
} from "./development-secret.ts"
export { type Duration, DurationError, milliseconds } from "./duration.ts"
export { type BadVariable, EnvError, env } from "./env.ts"
export { BennuError, type BennuErrorOptions } from "./errors.ts"
export type { ChildHealth, Health, SupervisorHealth } from "./health.ts"
export { type Limits, parseLimits } from "./limits.ts"
export { DirectoryError, makeDirectory } from "./make-directory.ts"
export { OptionsError, parseOptions } from "./options.ts"
export { isRunning, ownIdentity, type ProcessIdentity } from "./process-identity.ts"
export { type Awaitable, err, ok, type Result } from "./result.ts"
export { seeded } from "./seeded.ts"
export { type Issue, pathOf, type StandardSchemaV1, validate } from "./standard-schema.ts"
export { type Supervisor, type SupervisorOptions, supervisor } from "./supervisor.ts"
export { ShutdownError, type StopFailure, StoppedError, TimeoutError } from "./supervisor-errors.ts"
export { type ChildEvent, childStarted, childStopped } from "./telemetry.ts"
export type { Clock, Random } from "./time.ts"
export { Transaction, whenCommitted } from "./transaction.ts"

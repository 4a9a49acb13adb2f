export { emptyTables, inSchema } from "./testing/in-schema.ts"
export { type OwnSchema, type OwnSchemaOptions, openOwnSchema } from "./testing/own-schema.ts"
export { repoContract } from "./testing/repo-contract.ts"
export {
  openSandbox,
  type Sandbox,
  type SandboxedTest,
  type SandboxOptions,
  type SandboxRun,
} from "./testing/sandbox.ts"
export {
  type Leak,
  SandboxDoneError,
  SandboxLeakError,
  SandboxOutsideError,
} from "./testing/sandbox-errors.ts"

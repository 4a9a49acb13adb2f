export { cast, change } from "./cast.ts"
export type {
  Action,
  AnyChangeset,
  Changeset,
  Check,
  Data,
  ErrorsByPlace,
  Fields,
  NestedOptions,
  Params,
  Proposed,
} from "./changeset.ts"
export type { ConstraintOptions } from "./constraints.ts"
export {
  AsyncRulesError,
  NotLoadedError,
  SchemaDefinitionError,
  UnknownFieldError,
} from "./errors.ts"
export type { DataFormOptions, Field, Form, FormOptions } from "./form.ts"
export { type FormParams, formParams } from "./form-params.ts"
export { inputsFor } from "./inputs-for.ts"
export type { NestedRow } from "./nested.ts"
export type { Join, Relation, RelationKind } from "./relation.ts"
export {
  type Entity,
  type Nested,
  type RelationTo,
  type Row,
  type Schema,
  type SchemaOptions,
  schema,
} from "./schema.ts"
export { toForm } from "./to-form.ts"
export {
  constraintError,
  type NestedWrite,
  type Violation,
  type Write,
  withNestedRow,
  writeOf,
} from "./write.ts"

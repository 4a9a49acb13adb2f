export { type CastOptions, cast, change } from "./cast.ts"
export type {
  Action,
  AnyChangeset,
  Assoc,
  Changeset,
  Check,
  Conflict,
  Data,
  Difference,
  ErrorsByPlace,
  Fields,
  NestedOptions,
  Params,
  Proposed,
} from "./changeset.ts"
export { type ChangesetIssue, type Problem, traverseErrors } from "./changeset-issue.ts"
export type { Lock, Prepare } from "./changeset-state.ts"
export { checkSchemas } from "./check-schemas.ts"
export {
  type Constrained,
  type DeclaredConstraint,
  declaredConstraints,
} from "./constraint-names.ts"
export type { ConstraintOptions, Violation } from "./constraints.ts"
export { embeddedSchema } from "./embedded-schema.ts"
export {
  AsyncRulesError,
  NotLoadedError,
  ReadOnlyError,
  SchemaDefinitionError,
  UnknownFieldError,
} from "./errors.ts"
export type { DataFormOptions, Field, Form, FormOptions } from "./form.ts"
export { type FormParams, formParams } from "./form-params.ts"
export { type InputAttrs, type InputOptions, inputAttrs } from "./input-attrs.ts"
export { inputsFor } from "./inputs-for.ts"
export type { Limits } from "./limits/limits.ts"
export type { NestedRow } from "./nested.ts"
export { REDACTED, redact } from "./redact.ts"
export type { Join, Relation, RelationKind } from "./relation.ts"
export {
  type BelongsTo,
  type ConstraintFields,
  type ConstraintName,
  type Entity,
  type NamedConstraint,
  type NamedConstraints,
  type Nested,
  type RelationTo,
  type Row,
  type Schema,
  type SchemaOptions,
  schema,
  unscoped,
  type Writable,
} from "./schema.ts"
export { toForm } from "./to-form.ts"
export type { LengthBounds, NumberBounds, Worded } from "./validations.ts"
export {
  constraintError,
  type NestedWrite,
  type Steps,
  staleError,
  stepsOf,
  type Write,
  withNestedRow,
  writeOf,
} from "./write.ts"

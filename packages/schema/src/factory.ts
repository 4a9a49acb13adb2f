export { FactoryError, UnknownTraitError } from "./factory/errors.ts"
export {
  type AfterInsert,
  type Factory,
  type FactoryOptions,
  factory,
} from "./factory/factory.ts"
export type { Given, Inserts, ParentSource, Parents, Sources, Values } from "./factory/given.ts"

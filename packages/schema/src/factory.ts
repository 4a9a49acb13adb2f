export { FactoryError } from "./factory/errors.ts"
export {
  type Factory,
  type FactoryOptions,
  factory,
  type Given,
  type Inserts,
} from "./factory/factory.ts"

export { cors } from "./cors/plug.ts"
export {
  type CorsDecision,
  type CorsOptions,
  type CorsRequest,
  corsPolicy,
} from "./cors/policy.ts"
export { CorsError } from "./errors.ts"

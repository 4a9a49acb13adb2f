export { RateLimitedError } from "./errors.ts"
export { addressKey } from "./rate/address.ts"
export {
  type RateDecision,
  type RateLimit,
  type RateLimiter,
  rateLimiter,
} from "./rate/limiter.ts"
export {
  addressOf,
  type RateExceeded,
  type RateOptions,
  rate,
  rateExceeded,
} from "./rate/plug.ts"

export { memoryStore } from "./adapters/memory.ts"
export {
  LeaseLimitError,
  StoreClosedError,
  StoreUnavailableError,
  ValueSizeError,
} from "./errors.ts"
export type { CompareAndSet, Keeping, KeyValue } from "./key-value.ts"
export type { Lease, Leases } from "./lease.ts"
export type { MemoryStoreOptions } from "./options.ts"
export type { Store } from "./store.ts"
export { gcra, type Rate, type ResolvedRate, resolveRate, type Take, type Taken } from "./take.ts"
export { evicted } from "./telemetry.ts"

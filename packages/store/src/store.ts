import type { CompareAndSet, KeyValue } from "./key-value.ts"
import type { Leases } from "./lease.ts"
import type { Take } from "./take.ts"

/** Everything a store can do. Ask for the capability you need, and let an app pass a store. */
export interface Store extends KeyValue, CompareAndSet, Take, Leases, AsyncDisposable {}

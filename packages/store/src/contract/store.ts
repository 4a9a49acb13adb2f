import type { Store } from "../store.ts"
import { compareAndSetContract } from "./compare-and-set.ts"
import type { OpenStore } from "./harness.ts"
import { keyValueContract } from "./key-value.ts"
import { leaseContract } from "./lease.ts"
import { takeContract } from "./take.ts"

/** All contracts, for an adapter that has all capabilities. */
export function storeContract(name: string, open: OpenStore<Store>): void {
  keyValueContract(name, open)
  compareAndSetContract(name, open)
  takeContract(name, open)
  leaseContract(name, open)
}

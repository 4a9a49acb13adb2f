import { hash, timingSafeEqual } from "node:crypto"

/** Compares secrets without telling by its time where they differ, or that their lengths do. */
export function constantTimeEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  return timingSafeEqual(hash("sha256", a, "buffer"), hash("sha256", b, "buffer"))
}

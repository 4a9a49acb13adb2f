import type { Duration } from "@bennu/core"

/** The right to do something that one at a time may do, for a while. */
export interface Lease extends AsyncDisposable {
  readonly name: string
  /**
   * Grows with each lease of this name. Send it along with what you write, and let the receiver refuse what is lower
   * than the highest it saw: a holder that was paused beyond its ttl cannot know that it lost the lease.
   */
  readonly token: number
  /** Begins the ttl anew, or changes it; false if the lease is lost, and then for good. */
  renew(options?: { readonly ttl?: Duration | undefined }): Promise<boolean>
  /** Gives the lease back; nothing happens if it is lost. Disposing does the same. */
  release(): Promise<void>
}

/** Gives out leases: for what must run on one node only, such as a cron or a probe of a broken service. */
export interface Leases {
  /** The lease, or null while another holds it. */
  lease(name: string, options: { readonly ttl: Duration }): Promise<Lease | null>
}

/** How something that runs is doing. */
export interface Health {
  /** `degraded` still serves; `down` does not. */
  readonly status: "up" | "degraded" | "down"
  /** For people; no secrets. */
  readonly detail?: string | undefined
}

/** How the whole is doing, which is as the worst of its parts, and each part that tells. */
export interface SupervisorHealth extends Health {
  readonly children: readonly ChildHealth[]
}

export interface ChildHealth extends Health {
  readonly name: string
}

/** A session as a store keeps it. */
export interface SessionRecord {
  readonly id: string
  /** When it began, in milliseconds. */
  readonly since: number
  /** When it was last written. */
  readonly at: number
  /** One more each time that it is written, so that whoever read an older one notices. */
  readonly generation: number
  readonly data: ReadonlyMap<string, unknown>
}

export function encodeRecord({ data, ...rest }: SessionRecord): Uint8Array {
  return Buffer.from(JSON.stringify({ ...rest, data: [...data] }))
}

/** What a store gave, or `null` when it is no session that we wrote. */
export function decodeRecord(bytes: Uint8Array): SessionRecord | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString())
    return isRecord(value) ? { ...value, data: new Map(value.data) } : null
  } catch {
    return null
  }
}

type Kept = Omit<SessionRecord, "data"> & {
  readonly data: readonly (readonly [string, unknown])[]
}

const isRecord = (value: unknown): value is Kept =>
  typeof value === "object" &&
  value !== null &&
  "id" in value &&
  typeof value.id === "string" &&
  "since" in value &&
  typeof value.since === "number" &&
  "at" in value &&
  typeof value.at === "number" &&
  "generation" in value &&
  typeof value.generation === "number" &&
  "data" in value &&
  Array.isArray(value.data) &&
  value.data.every((pair) => Array.isArray(pair) && typeof pair[0] === "string")

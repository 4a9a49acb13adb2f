import { milliseconds } from "@bennu/core"
import { DefinitionError } from "../errors.ts"
import { type Accept, acceptOf, takesPictures } from "./accept.ts"
import type { UploadOptions } from "./upload-options.ts"

type Callbacks = Pick<UploadOptions<unknown>, "validate" | "writer" | "plan">

/** What our code reads: nothing is optional but what nobody asked for, times are milliseconds. */
export interface DeclaredUpload extends Callbacks {
  readonly name: string
  /** Null for anything. */
  readonly accept: Accept | null
  readonly maxEntries: number
  readonly mode: "selected" | "total"
  readonly maxFileSize: number
  readonly chunkSize: number
  readonly chunkTimeout: number
  readonly autoUpload: boolean
  /** Null for any. */
  readonly maxPixels: number | null
  /** Undefined for what `accept` says, false for nothing. */
  readonly check: UploadOptions["check"]
}
/** By the name of the upload. */
export type DeclaredUploads = ReadonlyMap<string, DeclaredUpload>

// a frame is held in memory until all of it is there, for each socket that begins one
const MAX_CHUNK = 8_000_000
// as large as phones take pictures, which is 200 MB when each pixel takes four bytes
const MAX_PIXELS = 50_000_000

const known: Readonly<Record<keyof UploadOptions, true>> = {
  ...{ accept: true, maxEntries: true, maxEntriesMode: true, maxFileSize: true, chunkSize: true },
  ...{
    chunkTimeout: true,
    autoUpload: true,
    validate: true,
    check: true,
    maxPixels: true,
    writer: true,
    external: true,
    plan: true,
  },
}

/** @throws {DefinitionError} for what is no option, or no bound. */
export function declaredUpload(name: string, options: UploadOptions<never>): DeclaredUpload {
  for (const key of Object.keys(options)) {
    if (Object.hasOwn(known, key)) continue
    const hint = `There are ${Object.keys(known).join(", ")}.`
    throw new DefinitionError(`the upload "${name}" has "${key}", which is no option`, { hint })
  }
  const { maxEntriesMode = "selected", chunkTimeout = "10s", autoUpload = false } = options
  const { maxEntries = 1, maxFileSize = 8_000_000, chunkSize = 64_000, check } = options
  const { validate, writer, external, plan = each(external) } = options
  const accept = acceptOf(name, options.accept)
  const { maxPixels = check !== false && takesPictures(accept) ? MAX_PIXELS : false } = options
  const bounds = { maxEntries, maxFileSize, chunkSize, ...(maxPixels !== false && { maxPixels }) }
  for (const [key, value] of Object.entries(bounds)) {
    const most = key === "chunkSize" ? MAX_CHUNK : Number.MAX_SAFE_INTEGER
    if (Number.isSafeInteger(value) && value >= 1 && value <= most) continue
    const hint = `${key} takes a whole number from 1${most === MAX_CHUNK ? ` to ${most}` : ""}.`
    throw new DefinitionError(`the upload "${name}" has ${key} ${value}`, { hint })
  }
  const [one, other] = Object.entries({ writer, external, plan: options.plan }).flatMap(
    ([key, value]) => (value ? [key] : []),
  )
  if (other) {
    const hint = "Each says where files go: take one of them out."
    throw new DefinitionError(`the upload "${name}" has ${one} and ${other}`, { hint })
  }
  return {
    ...{ name, accept, maxEntries, mode: maxEntriesMode, maxFileSize },
    maxPixels: maxPixels === false ? null : maxPixels,
    ...{ chunkSize, chunkTimeout: milliseconds(chunkTimeout), autoUpload, check },
    // they are called with the scope of the view that they were declared in
    ...({ validate, writer, plan } as Callbacks),
  }
}

/** A plan that asks for one file after the other, all at once. */
const each = (external: UploadOptions<never>["external"]): UploadOptions<never>["plan"] =>
  external && ((entries, scope) => Promise.all(entries.map((entry) => external(entry, scope))))

/** What a definition says of its uploads. @throws {DefinitionError} for progress of one that it does not have. */
export function declaredUploads(definition: {
  readonly uploads?: Readonly<Record<string, UploadOptions<never>>>
  readonly handleProgress?: Readonly<Record<string, unknown>>
}): DeclaredUploads {
  const { uploads = {}, handleProgress = {} } = definition
  for (const name of Object.keys(handleProgress)) {
    if (Object.hasOwn(uploads, name)) continue
    const hint = `Declare it: uploads: { ${name}: { accept: … } }.`
    throw new DefinitionError(`handleProgress has "${name}", which is no upload`, { hint })
  }
  return new Map(
    Object.entries(uploads).map(([name, options]) => [name, declaredUpload(name, options)]),
  )
}

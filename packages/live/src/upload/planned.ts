import type { Awaitable } from "@bennu/core"
import { UploadUsageError } from "../errors.ts"
import { isRecord } from "../view/client-message.ts"
import type { UploadEntry } from "./upload.ts"
import type { UploadState } from "./upload-state.ts"
import { byChannel, type UploadWay } from "./upload-way.ts"

/** What lets the page send each file, by its ref: a token, or what its uploader needs. */
export type Granted = ReadonlyMap<string, unknown>

/** What became of an upload whose page asked for files. */
export interface Preflight {
  readonly after: UploadState
  readonly granted: Granted
}

/** What a preflight needs of its view. */
export interface Planning {
  readonly scope: unknown
  /** The token of a file that comes by a channel. */
  sign(upload: string, entry: string): string
  /** Waits as long as a callback may take. */
  inTime<T>(work: Awaitable<T>): Awaitable<T>
}

/**
 * Lets those files come that were asked for and may, each its own way.
 * @throws {UploadUsageError} when the upload does not say a way for each.
 */
export async function preflight(
  upload: UploadState,
  refs: ReadonlySet<string>,
  { scope, sign, inTime }: Planning,
): Promise<Preflight> {
  const nothing = new Map()
  const { autoUpload, plan } = upload.declared
  // a form is submitted with all of its files or not at all
  if (!autoUpload && upload.errors.length > 0) return { after: upload, granted: nothing }
  const { state, granted: entries } = upload.preflight(refs)
  if (entries.length === 0) return { after: state, granted: nothing }
  const ways = plan ? await inTime(plan(entries, scope)) : entries.map(() => byChannel)
  const planned = paired(upload, entries, ways)
  const after = refusing(state, planned)
  // those that are not refused are planned anew with the form: the page was not told to send them
  if (!autoUpload && after.errors.length > 0)
    return { after: refusing(upload, planned), granted: nothing }
  return granting(after, planned, sign)
}

type Planned = readonly (readonly [ref: string, way: UploadWay<unknown>])[]

function paired(
  { declared: { name } }: UploadState,
  entries: readonly UploadEntry[],
  ways: readonly UploadWay<unknown>[],
): Planned {
  const planned = entries.flatMap(({ ref }, i) => {
    const way = ways[i]
    return way ? [[ref, way] as const] : []
  })
  if (planned.length === entries.length && ways.length === entries.length) return planned
  throw new UploadUsageError(
    `the upload "${name}" has ${entries.length} files to plan and ${ways.length} ways`,
    "Answer with a way for each entry, in their order.",
  )
}

function refusing(upload: UploadState, planned: Planned): UploadState {
  return planned.reduce(
    (after, [ref, way]) =>
      "refused" in way ? after.fail(ref, { code: "refused", reason: way.refused }) : after,
    upload,
  )
}

function granting(upload: UploadState, planned: Planned, sign: Planning["sign"]): Preflight {
  let after = upload
  const granted = new Map<string, unknown>()
  for (const [ref, way] of planned) {
    if (way === byChannel) granted.set(ref, sign(upload.ref, ref))
    else if ("uploader" in way) {
      const { uploader, meta } = way
      after = after.withMeta(ref, meta)
      granted.set(ref, { ...(isRecord(meta) ? meta : { meta }), uploader })
    }
  }
  return { after, granted }
}

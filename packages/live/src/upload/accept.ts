import { extname } from "node:path/posix"
import { DefinitionError } from "../errors.ts"
import { canBe, typeOf } from "./signatures.ts"
import type { UploadEntry } from "./upload.ts"

type Claim = Pick<UploadEntry, "clientName" | "clientType">

/** One thing that is accepted. */
interface Specifier {
  /** `image/png` or `image/*`; null for an extension whose type nobody knows. */
  readonly type: string | null
  /** `.png`; null where a type was given. */
  readonly extension: string | null
}

/** What an upload accepts. */
export interface Accept {
  /** As the attribute of an input. */
  readonly attribute: string
  readonly specifiers: readonly Specifier[]
}

const EXTENSION = /^\.[a-z0-9._+-]{1,32}$/
const TYPE = /^[a-z0-9.+-]{1,64}\/([a-z0-9.+-]{1,127}|\*)$/

/** @throws {DefinitionError} for what no input can accept. */
export function acceptOf(
  name: string,
  accept: readonly string[] | "any" | undefined,
): Accept | null {
  if (accept === "any") return null
  if (!Array.isArray(accept) || accept.length === 0) throw refused(name, accept)
  const specifiers = accept.map((one: unknown): Specifier => {
    const text = String(one).toLowerCase()
    if (EXTENSION.test(text)) return { type: typeOf(text), extension: text }
    if (TYPE.test(text)) return { type: text, extension: null }
    throw refused(name, one)
  })
  return { attribute: accept.join(","), specifiers }
}

const refused = (name: string, accept: unknown): DefinitionError =>
  new DefinitionError(
    `the upload "${name}" accepts ${JSON.stringify(accept)}, which is no type of files`,
    {
      hint: 'Give it extensions or media types, accept: [".jpg", "image/png", "video/*"], or accept: "any".',
    },
  )

/** Whether pictures are among what is accepted. */
export const takesPictures = (accept: Accept | null): boolean =>
  accept?.specifiers.some(({ type }) => type?.startsWith("image/")) ?? false

/** Whether the file's name or type is accepted. */
export const accepts = (accept: Accept | null, claim: Claim): boolean =>
  accept === null || claimed(accept, claim).length > 0

/** Whether the file's first bytes are what made its name or its type accepted. */
export function fits(accept: Accept | null, claim: Claim, head: Uint8Array): boolean {
  if (accept === null) return true
  return claimed(accept, claim).some(({ type }) =>
    canBe(head, type, claim.clientType.toLowerCase()),
  )
}

function claimed({ specifiers }: Accept, { clientName, clientType }: Claim): readonly Specifier[] {
  const type = clientType.toLowerCase()
  const extension = extname(clientName).toLowerCase()
  const name = clientName.toLowerCase()
  return specifiers.filter((one) => {
    if (one.extension !== null && (one.extension === extension || name.endsWith(one.extension)))
      return true
    if (one.type === null || type === "") return false
    return one.type.endsWith("/*") ? type.startsWith(one.type.slice(0, -1)) : type === one.type
  })
}

import { createWriteStream } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { finished, pipeline } from "node:stream/promises"
import { Busboy, type BusboyFileStream } from "@fastify/busboy"
import { MalformedError, PayloadTooLargeError, UnsupportedMediaTypeError } from "../errors.ts"
import { checkedLimit, checkKeys } from "../options.ts"
import { FormBuilder, type FormLimits } from "./form.ts"
import { HeaderGuard } from "./header-guard.ts"
import { parseMediaType } from "./media-type.ts"
import { Upload } from "./upload.ts"

/** What stands under one name of a form with files. */
export type MultipartValue =
  | string
  | Upload
  | MultipartValues
  | readonly (string | Upload | MultipartValues)[]
/** A decoded form with files; it inherits nothing, so every name in it was sent. */
export interface MultipartValues {
  readonly [name: string]: MultipartValue
}

export interface MultipartLimits extends Pick<FormLimits, "maxDepth" | "maxItems"> {
  /** How many bytes the whole body may have (8 MB). */
  readonly maxBytes?: number | undefined
  /** How many files there may be (20). */
  readonly maxFiles?: number | undefined
  /** How many bytes one file may have (8 MB). */
  readonly maxFileBytes?: number | undefined
  /** How many parts there may be, files included (100). */
  readonly maxParts?: number | undefined
  /** How many bytes all values that are no files may have together (1 MB). */
  readonly maxFieldBytes?: number | undefined
  /** How many bytes the headers of one part may have (8,192). */
  readonly maxHeaderBytes?: number | undefined
  /** How many characters a name may have (200). */
  readonly maxNameLength?: number | undefined
  /** Where files lie while they are needed (the system's folder for such). */
  readonly dir?: string | undefined
}

/** A form that was read. Dispose of it, and its files are gone. */
export interface MultipartForm extends AsyncDisposable {
  readonly values: MultipartValues
}

/** A request as far as it is needed. */
export interface MultipartRequest {
  readonly headers: Pick<Headers, "get">
  readonly body: ReadableStream<Uint8Array> | null
  readonly signal: AbortSignal
}

const known: Readonly<Record<keyof MultipartLimits, true>> = {
  maxBytes: true,
  maxFiles: true,
  maxFileBytes: true,
  maxParts: true,
  maxFieldBytes: true,
  maxHeaderBytes: true,
  maxNameLength: true,
  maxDepth: true,
  maxItems: true,
  dir: true,
}

type Resolved = Required<{ [K in keyof MultipartLimits]: NonNullable<MultipartLimits[K]> }>

/** @internal */
export function resolveMultipart(limits: MultipartLimits): Resolved {
  checkKeys("multipart", limits, known)
  const { dir = tmpdir() } = limits
  const limit = (name: keyof Omit<MultipartLimits, "dir">, otherwise: number) =>
    checkedLimit(name, limits[name] ?? otherwise)
  return {
    dir,
    maxBytes: limit("maxBytes", 8_388_608),
    maxFiles: limit("maxFiles", 20),
    maxFileBytes: limit("maxFileBytes", 8_388_608),
    maxParts: limit("maxParts", 100),
    maxFieldBytes: limit("maxFieldBytes", 1_048_576),
    maxHeaderBytes: limit("maxHeaderBytes", 8192),
    maxNameLength: limit("maxNameLength", 200),
    maxDepth: limit("maxDepth", 5),
    maxItems: limit("maxItems", 100),
  }
}

/**
 * Reads `multipart/form-data`: values and nested names as `decodeForm` reads them, files streamed to disk. If it fails,
 * for whatever reason, nothing is left of them; otherwise they are there until the form is disposed of.
 * @example await using form = await readMultipart(request)
 * @throws {UnsupportedMediaTypeError} (415) {@link PayloadTooLargeError} (413) {@link MalformedError} (400), and the
 * reason of the signal.
 * @see RFC 7578
 */
export async function readMultipart(
  request: MultipartRequest,
  limits: MultipartLimits = {},
): Promise<MultipartForm> {
  const resolved = resolveMultipart(limits)
  const boundary = boundaryOf(request.headers.get("content-type"))
  const encoding = request.headers.get("content-encoding")
  if (encoding !== null && encoding.toLowerCase() !== "identity")
    throw new UnsupportedMediaTypeError("the body is compressed", ["it as it is"])
  if (Number(request.headers.get("content-length") ?? 0) > resolved.maxBytes)
    throw new PayloadTooLargeError(resolved.maxBytes)
  const folder = new Folder(resolved.dir)
  try {
    const reading = new Reading(boundary, resolved, folder)
    const values = await reading.read(request)
    return { values, [Symbol.asyncDispose]: () => folder.remove() }
  } catch (error) {
    await folder.remove()
    throw error
  }
}

// RFC 2046 §5.1.1, without the space that only some trim
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=?]{1,70}$/

function boundaryOf(contentType: string | null): string {
  const type = contentType === null ? null : parseMediaType(contentType)
  const boundary = type?.parameters.get("boundary") ?? ""
  if (type?.essence === "multipart/form-data" && BOUNDARY.test(boundary)) return boundary
  throw new UnsupportedMediaTypeError("this is no form with files", [
    "multipart/form-data with a boundary",
  ])
}

/** The folder of one request's files, made with the first of them. */
class Folder {
  readonly #parent: string
  #path: Promise<string> | undefined
  #files = 0

  constructor(parent: string) {
    this.#parent = parent
  }

  /** A path that nothing from outside is part of. */
  async next(): Promise<string> {
    this.#path ??= mkdtemp(join(this.#parent, "bennu-upload-"))
    const number = this.#files++
    return join(await this.#path, String(number))
  }

  async remove(): Promise<void> {
    if (this.#path === undefined) return
    await rm(await this.#path, { recursive: true, force: true })
  }
}

type Leaf = string | Upload

class Reading {
  readonly #limits: Resolved
  readonly #folder: Folder
  readonly #parser: InstanceType<typeof Busboy>
  readonly #guard: HeaderGuard
  readonly #builder: FormBuilder<Leaf>
  readonly #writing: Promise<void>[] = []
  /** Parts in their order: what a file comes to is known later than what follows it. */
  readonly #parts: (readonly [name: string, value: () => Leaf | null])[] = []
  readonly #failure = Promise.withResolvers<never>()
  #fieldBytes = 0

  constructor(boundary: string, limits: Resolved, folder: Folder) {
    const { maxFiles, maxFileBytes, maxParts, maxFieldBytes, maxHeaderBytes } = limits
    this.#limits = limits
    this.#folder = folder
    this.#guard = new HeaderGuard(boundary, maxHeaderBytes)
    this.#builder = new FormBuilder({ ...limits, maxPairs: maxParts })
    // whoever races it may be done before it fails
    this.#failure.promise.catch(() => {})
    this.#parser = new Busboy({
      headers: { "content-type": `multipart/form-data; boundary="${boundary}"` },
      limits: {
        files: maxFiles,
        fileSize: maxFileBytes,
        parts: maxParts,
        fieldSize: maxFieldBytes,
        // the guard refuses longer ones: none is cut off
        headerSize: maxHeaderBytes + 1024,
        headerPairs: 50,
      },
    })
    const tooMany = (limit: number, what: string) => () =>
      this.#fail(new PayloadTooLargeError(limit, what))
    this.#parser
      .on("field", (name, value, _, truncated) => this.#field(name, value, truncated))
      .on("file", (name, file, filename, _, type) => this.#file(name, file, filename, type))
      .on("partsLimit", tooMany(maxParts, "parts"))
      .on("filesLimit", tooMany(maxFiles, "files"))
      .on("error", (cause) =>
        this.#fail(new MalformedError("the body is not well-formed multipart", { cause })),
      )
  }

  async read({ body, signal }: MultipartRequest): Promise<MultipartValues> {
    const gone = () => this.#fail(signal.reason)
    signal.addEventListener("abort", gone)
    const reader = body?.getReader()
    try {
      signal.throwIfAborted()
      const done = finished(this.#parser).catch((cause: unknown) => this.#fail(cause))
      await this.#orFailure(this.#pump(reader))
      this.#parser.end()
      await this.#orFailure(done)
      await this.#orFailure(Promise.all(this.#writing))
      for (const [name, value] of this.#parts) {
        const leaf = value()
        if (leaf !== null) this.#builder.add(name, leaf)
      }
      return this.#builder.form
    } catch (error) {
      // nobody waits for the source to agree: what it says now changes nothing
      reader?.cancel(error).catch(() => {})
      this.#fail(error)
      this.#parser.destroy()
      await Promise.allSettled(this.#writing)
      throw error
    } finally {
      signal.removeEventListener("abort", gone)
    }
  }

  async #pump(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<void> {
    if (reader === undefined) throw new MalformedError("the body is empty")
    let size = 0
    for (;;) {
      const { done, value } = await this.#orFailure(reader.read())
      if (done) return
      size += value.byteLength
      if (size > this.#limits.maxBytes) throw new PayloadTooLargeError(this.#limits.maxBytes)
      this.#guard.check(value)
      const { promise, resolve } = Promise.withResolvers<void>()
      // called when it was taken, which waits for the disk
      this.#parser.write(Buffer.from(value.buffer, value.byteOffset, value.byteLength), () =>
        resolve(),
      )
      await this.#orFailure(promise)
    }
  }

  #field(name: unknown, value: string, truncated: boolean): void {
    const { maxFieldBytes } = this.#limits
    this.#fieldBytes += Buffer.byteLength(value)
    if (truncated || this.#fieldBytes > maxFieldBytes)
      this.#fail(new PayloadTooLargeError(maxFieldBytes, "bytes that are no files"))
    else if (this.#isNamed(name)) this.#parts.push([name, () => value])
  }

  #file(name: unknown, file: BusboyFileStream, filename: unknown, type: string): void {
    // without this an error of a part that nobody reads ends the process
    file.on("error", (cause) => this.#fail(cause))
    file.on("limit", () => {
      const { maxFileBytes } = this.#limits
      this.#fail(new PayloadTooLargeError(maxFileBytes, "bytes in one file"))
    })
    if (!this.#isNamed(name)) {
      file.resume()
      return
    }
    const given = nameOf(filename)
    let upload: Upload | null = null
    this.#parts.push([name, () => upload])
    const written = this.#write(file).then(({ path, size }) => {
      // what browsers send for a field in which no file was chosen
      const empty = size === 0 && given === ""
      upload = empty ? null : new Upload(given, type.slice(0, 100), size, path)
    })
    this.#writing.push(written.catch((error: unknown) => this.#fail(error)))
  }

  async #write(file: BusboyFileStream): Promise<{ readonly path: string; readonly size: number }> {
    // a failure ends the file too, so that nothing waits for the rest of it
    this.#failure.promise.catch((error: Error) => file.destroy(error))
    const path = await this.#folder.next()
    const target = createWriteStream(path, { flags: "wx", mode: 0o600 })
    await pipeline(file, target)
    return { path, size: target.bytesWritten }
  }

  #isNamed(name: unknown): name is string {
    const { maxNameLength } = this.#limits
    if (typeof name !== "string" || name === "") {
      this.#fail(new MalformedError("a part has no name"))
      return false
    }
    if (name.length <= maxNameLength) return true
    this.#fail(new PayloadTooLargeError(maxNameLength, "characters in a name"))
    return false
  }

  #fail(error: unknown): void {
    this.#failure.reject(error)
  }

  #orFailure<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#failure.promise])
  }
}

/** Without folders, control characters and what a file system would not take; never longer than 255 characters. */
function nameOf(filename: unknown): string {
  if (typeof filename !== "string") return ""
  const base = filename.slice(Math.max(filename.lastIndexOf("/"), filename.lastIndexOf("\\")) + 1)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not stay
  const clean = base.replace(/[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]/g, "").toWellFormed()
  return clean === "." || clean === ".." ? "" : clean.slice(-255)
}

import { lookup } from "mrmime"

/** How the files of some media types begin. */
interface Signature {
  readonly types: readonly string[]
  /** Bytes, or text as its Latin-1 bytes, and where they stand. */
  readonly parts: readonly (readonly [at: number, bytes: readonly number[]])[]
}

const ascii = (text: string): readonly number[] => [...text].map((char) => char.charCodeAt(0))
const starting = (types: string, ...bytes: readonly number[]): Signature => ({
  types: types.split(" "),
  parts: [[0, bytes]],
})
const text = (
  types: string,
  start: string,
  then?: readonly [at: number, text: string],
): Signature => ({
  types: types.split(" "),
  parts: [[0, ascii(start)], ...(then ? [[then[0], ascii(then[1])] as const] : [])],
})
/** ISO base media files: their fifth byte on is "ftyp" and a brand (ISO/IEC 14496-12 §4.3). */
const brand = (types: string, name: string): Signature => ({
  types: types.split(" "),
  parts: [[4, ascii(`ftyp${name}`)]],
})

const office = "application/vnd.openxmlformats-officedocument."
const open = "application/vnd.oasis.opendocument."
const zipped = [
  "application/zip application/x-zip-compressed application/epub+zip application/java-archive application/vnd.android.package-archive",
  `${office}wordprocessingml.document ${office}spreadsheetml.sheet ${office}presentationml.presentation`,
  `${open}text ${open}spreadsheet ${open}presentation ${open}graphics`,
].join(" ")

// mimesniff.spec.whatwg.org §6 and the formats' own specifications; the weak ones, of fewer than four bytes, contradict nothing
const signatures: readonly Signature[] = [
  starting("image/png image/apng", 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  starting("image/jpeg", 0xff, 0xd8, 0xff),
  text("image/gif", "GIF8"),
  text("image/webp", "RIFF", [8, "WEBP"]),
  text("image/bmp", "BM"),
  text("image/tiff", "II*\0"),
  text("image/tiff", "MM\0*"),
  text("image/vnd.adobe.photoshop", "8BPS"),
  starting("image/x-icon image/vnd.microsoft.icon", 0, 0, 1, 0),
  ...["avif", "avis"].map((name) => brand("image/avif", name)),
  ...["heic", "heix", "hevc", "mif1", "msf1"].map((name) =>
    brand("image/heic image/heif image/avif", name),
  ),
  brand("video/quicktime", "qt"),
  ...["M4A ", "M4B "].map((name) => brand("audio/mp4 audio/x-m4a video/mp4", name)),
  ...["isom", "iso", "mp4", "avc1", "M4V", "MSNV", "dash", "3gp", "f4v"].map((name) =>
    brand("video/mp4 audio/mp4 video/quicktime video/3gpp video/x-m4v", name),
  ),
  starting("video/webm audio/webm video/x-matroska", 0x1a, 0x45, 0xdf, 0xa3),
  text("video/x-msvideo", "RIFF", [8, "AVI "]),
  text("audio/wav audio/x-wav audio/wave", "RIFF", [8, "WAVE"]),
  text("audio/mpeg", "ID3"),
  ...[0xfb, 0xf3, 0xf2, 0xfa].map((second) => starting("audio/mpeg", 0xff, second)),
  ...[0xf1, 0xf9].map((second) => starting("audio/aac", 0xff, second)),
  text("audio/ogg video/ogg application/ogg audio/opus", "OggS"),
  text("audio/flac audio/x-flac", "fLaC"),
  text("audio/midi audio/x-midi", "MThd"),
  text("application/pdf", "%PDF-"),
  text(zipped, "PK\x03\x04"),
  text(zipped, "PK\x05\x06"),
  starting("application/gzip application/x-gzip", 0x1f, 0x8b),
  starting("application/x-7z-compressed", 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c),
  text("application/vnd.rar application/x-rar-compressed", "Rar!\x1a\x07"),
  text("application/x-bzip2", "BZh"),
  starting("application/x-xz", 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0),
  starting("application/zstd", 0x28, 0xb5, 0x2f, 0xfd),
  text("application/rtf text/rtf", "{\\rtf"),
  starting(
    "application/msword application/vnd.ms-excel application/vnd.ms-powerpoint",
    ...[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
  ),
  text("font/woff", "wOFF"),
  text("font/woff2", "wOF2"),
  text("font/otf", "OTTO"),
  starting("font/ttf", 0, 1, 0, 0),
  starting("application/wasm", 0, 0x61, 0x73, 0x6d),
  text("application/vnd.sqlite3", "SQLite format 3\0"),
  text("application/x-msdownload", "MZ"),
  starting("application/x-executable", 0x7f, 0x45, 0x4c, 0x46),
  ...[0xce, 0xcf].map((first) => starting("application/x-mach-binary", first, 0xfa, 0xed, 0xfe)),
]

/** Types of extensions that are no standards: those that can be told by their first bytes. */
const extensions: ReadonlyMap<string, string> = new Map([
  [".psd", "image/vnd.adobe.photoshop"],
  [".ico", "image/x-icon"],
  [".m4v", "video/x-m4v"],
  [".mkv", "video/x-matroska"],
  [".avi", "video/x-msvideo"],
  [".flac", "audio/flac"],
  [".7z", "application/x-7z-compressed"],
  [".rar", "application/vnd.rar"],
  [".bz2", "application/x-bzip2"],
  [".xz", "application/x-xz"],
  [".zst", "application/zstd"],
  [".xls", "application/vnd.ms-excel"],
  [".ppt", "application/vnd.ms-powerpoint"],
  [".docx", `${office}wordprocessingml.document`],
  [".xlsx", `${office}spreadsheetml.sheet`],
  [".pptx", `${office}presentationml.presentation`],
  [".odt", `${open}text`],
  [".ods", `${open}spreadsheet`],
  [".odp", `${open}presentation`],
  [".odg", `${open}graphics`],
  [".apk", "application/vnd.android.package-archive"],
  [".sqlite", "application/vnd.sqlite3"],
])

/** The media type of an extension with its dot; null for one that nobody knows. */
export const typeOf = (extension: string): string | null =>
  extensions.get(extension) ?? lookup(extension) ?? null

const known: ReadonlySet<string> = new Set(signatures.flatMap(({ types }) => types))
const strong = ({ parts }: Signature) =>
  parts.reduce((sum, [, bytes]) => sum + bytes.length, 0) >= 4
const begins = (head: Uint8Array, { parts }: Signature): boolean =>
  parts.every(([at, bytes]) => bytes.every((byte, i) => head[at + i] === byte))

const isText = (type: string): boolean =>
  type.startsWith("text/") || ["/json", "/xml", "+json", "+xml"].some((end) => type.endsWith(end))

/** Text has no zero bytes, unless it says by its first that it has two or four for each character. */
function isBinary(head: Uint8Array): boolean {
  const wide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  return !wide && head.includes(0)
}

/**
 * Whether a file that begins so can be of a media type.
 * @param type Of the type, or of a kind of types (`"image/*"`); null for one that nobody knows.
 * @param claimed What the page says it is: a type of that kind may be one without a signature.
 */
export function canBe(head: Uint8Array, type: string | null, claimed: string): boolean {
  const found = signatures.filter((signature) => begins(head, signature))
  if (type?.endsWith("/*")) {
    const kind = type.slice(0, -1)
    if (found.some(({ types }) => types.some((one) => one.startsWith(kind)))) return true
    return claimed.startsWith(kind) && !known.has(claimed) && canBe(head, claimed, claimed)
  }
  if (type !== null && known.has(type)) return found.some(({ types }) => types.includes(type))
  return type === null || !isText(type) || !(found.some(strong) || isBinary(head))
}

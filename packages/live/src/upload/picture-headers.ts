import type { PassingBytes } from "./passing-bytes.ts"

/** How large a picture, or a frame of it, says that it is. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** Yields the sizes that it comes by, and null when it needs more bytes. Returns whether it was a picture as far as it looked. */
export type ReadPicture = (bytes: PassingBytes) => Generator<PictureSize | null, boolean, void>

/** Whatever comes first but this chunk, it is no PNG (W3C PNG §5.6). */
function* png(bytes: PassingBytes): ReturnType<ReadPicture> {
  while (!bytes.has(24)) yield null
  if (bytes.peek(16).toString("latin1", 12) !== "IHDR") return false
  yield { width: bytes.big(16, 4), height: bytes.big(20, 4) }
  return true
}

const FILL = 0xff
/** Tables that are numbered among the frames (ITU-T T.81, table B.1). */
const NO_FRAMES: ReadonlySet<number> = new Set([0xc4, 0xc8, 0xcc])
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.has(marker)
/** TEM, RSTn and SOI have nothing behind them. */
const isAlone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)
const END = 0xd9
const SCAN = 0xda

/** Segments, up to the one that begins the frame (ITU-T T.81 §B.2); decoders refuse another. */
function* jpeg(bytes: PassingBytes): ReturnType<ReadPicture> {
  for (;;) {
    while (!bytes.has(4)) yield null
    const marker = bytes.u8(1)
    if (bytes.u8(0) !== 0xff || marker === 0 || marker === END || marker === SCAN) return false
    if (marker === FILL) bytes.skip(1)
    else if (isAlone(marker)) bytes.skip(2)
    else if (isFrame(marker)) break
    else {
      const length = bytes.big(2, 2)
      if (length < 2) return false
      bytes.skip(2 + length)
    }
  }
  while (!bytes.has(9)) yield null
  yield { width: bytes.big(7, 2), height: bytes.big(5, 2) }
  return true
}

const EXTENSION = 0x21
const IMAGE = 0x2c
const TRAILER = 0x3b
/** Bytes of a table of colours, by the flags that tell of it. */
const colours = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)

/** All frames are looked at, since decoders give room to one that reaches beyond the screen (GIF89a §18 and §20). */
function* gif(bytes: PassingBytes): ReturnType<ReadPicture> {
  while (!bytes.has(13)) yield null
  yield { width: bytes.little(6, 2), height: bytes.little(8, 2) }
  bytes.skip(13 + colours(bytes.u8(10)))
  for (;;) {
    while (!bytes.has(1)) yield null
    const block = bytes.u8(0)
    if (block === TRAILER) return true
    if (block === EXTENSION) bytes.skip(2)
    else if (block === IMAGE) {
      while (!bytes.has(10)) yield null
      const width = bytes.little(1, 2) + bytes.little(5, 2)
      yield { width, height: bytes.little(3, 2) + bytes.little(7, 2) }
      bytes.skip(11 + colours(bytes.u8(9)))
    } else return false
    for (let size = -1; size !== 0; bytes.skip(1 + size)) {
      while (!bytes.has(1)) yield null
      size = bytes.u8(0)
    }
  }
}

/** Bytes of a WebP's chunk that tell of a size, after its name and length (RFC 9649 §2.6 and §2.7). */
const told: ReadonlyMap<string, number> = new Map([
  ["VP8X", 10],
  ["VP8 ", 10],
  ["VP8L", 5],
  ["ANMF", 16],
])

/** All chunks are looked at, those in frames too: whichever of the sizes a decoder believes, it is known. */
function* webp(bytes: PassingBytes): ReturnType<ReadPicture> {
  bytes.skip(12)
  for (;;) {
    while (!bytes.has(8)) yield null
    const name = bytes.peek(4).toString("latin1")
    const head = told.get(name)
    const length = bytes.little(4, 4)
    if (head !== undefined) {
      while (!bytes.has(8 + head)) yield null
      const size = sizeIn(name, bytes)
      if (size === null) return false
      yield size
    }
    // a frame's chunks follow what it says of itself
    bytes.skip(8 + (name === "ANMF" ? 16 : length + (length % 2)))
  }
}

function sizeIn(name: string, bytes: PassingBytes): PictureSize | null {
  const one = (at: number) => bytes.little(at, 3) + 1
  if (name === "VP8X") return { width: one(12), height: one(15) }
  if (name === "ANMF") {
    const [left, top] = [2 * bytes.little(8, 3), 2 * bytes.little(11, 3)]
    return { width: left + one(14), height: top + one(17) }
  }
  if (name === "VP8L") {
    const bits = bytes.little(9, 4)
    if (bytes.u8(8) !== 0x2f) return null
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  // RFC 6386 §9.1: the start code of a key frame, and fourteen bits each
  if (bytes.big(11, 3) !== 0x9d012a) return null
  return { width: bytes.little(14, 2) & 0x3fff, height: bytes.little(16, 2) & 0x3fff }
}

/** By the media types whose signatures they follow. */
export const pictures: ReadonlyMap<string, ReadPicture> = new Map([
  ["image/png", png],
  ["image/jpeg", jpeg],
  ["image/gif", gif],
  ["image/webp", webp],
])

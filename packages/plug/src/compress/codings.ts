import { promisify } from "node:util"
import {
  type BrotliCompress,
  type BrotliOptions,
  brotliCompress,
  constants,
  createBrotliCompress,
  createGzip,
  createZstdCompress,
  type Gzip,
  gzip,
  type ZlibOptions,
  type ZstdCompress,
  type ZstdOptions,
  zstdCompress,
} from "node:zlib"

/** How the bytes of an answer are packed (RFC 9110 §8.4.1; RFC 8878, RFC 7932). */
export type Coding = "zstd" | "br" | "gzip"

/** One way to pack. */
export interface Packing {
  /** All at once, in another thread. */
  readonly whole: (bytes: Uint8Array) => Promise<Uint8Array>
  /** Piece by piece. */
  readonly pieces: () => BrotliCompress | Gzip | ZstdCompress
  /** Lets out what is kept back for more to come, and forgets nothing. */
  readonly flush: number
}

// What is made for one reader is packed once: the next level takes twice as long for a few percent.
const zstd = { [constants.ZSTD_c_compressionLevel]: 3 }
const brotli = { [constants.BROTLI_PARAM_QUALITY]: 4 }
const deflate: ZlibOptions = { level: 6 }
// A stream keeps what it looks back at for as long as it lives: 128 KiB are more than most pages.
const WINDOW = 17

const zstdWhole = promisify<Uint8Array, ZstdOptions, Buffer>(zstdCompress)
const brotliWhole = promisify<Uint8Array, BrotliOptions, Buffer>(brotliCompress)
const gzipWhole = promisify<Uint8Array, ZlibOptions, Buffer>(gzip)

export const packings: Readonly<Record<Coding, Packing>> = {
  zstd: {
    whole: (bytes) => zstdWhole(bytes, { params: zstd }),
    pieces: () => createZstdCompress({ params: { ...zstd, [constants.ZSTD_c_windowLog]: WINDOW } }),
    flush: constants.ZSTD_e_flush,
  },
  br: {
    whole: (bytes) => brotliWhole(bytes, { params: brotli }),
    pieces: () =>
      createBrotliCompress({ params: { ...brotli, [constants.BROTLI_PARAM_LGWIN]: WINDOW } }),
    flush: constants.BROTLI_OPERATION_FLUSH,
  },
  gzip: {
    whole: (bytes) => gzipWhole(bytes, deflate),
    pieces: () => createGzip(deflate),
    flush: constants.Z_SYNC_FLUSH,
  },
}

export type { Coding } from "./compress/codings.ts"
export { type Compress, type CompressionOptions, compression } from "./compress/compression.ts"
export { compress } from "./compress/plug.ts"
export type { Asked } from "./compress/provoked.ts"

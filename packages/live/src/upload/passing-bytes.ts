/** Bytes that come chunk by chunk and are looked at from front to back. Nothing of what was skipped is kept. */
export class PassingBytes {
  #bytes: Buffer = Buffer.alloc(0)
  /** Where reading stands; beyond the end when more is skipped than has come. */
  #at = 0

  push(chunk: Uint8Array): void {
    const rest = this.#bytes.subarray(this.#at)
    this.#at = Math.max(0, this.#at - this.#bytes.length)
    this.#bytes =
      rest.length > 0
        ? Buffer.concat([rest, chunk])
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
  }

  /** Lets go of the chunk, which may be large, but for what is still to be read. */
  release(): void {
    this.push(new Uint8Array(0))
    this.#bytes = Buffer.from(this.#bytes)
  }

  /** Whether so many of the next bytes have come. */
  has(count: number): boolean {
    return this.#at + count <= this.#bytes.length
  }

  skip(count: number): void {
    this.#at += count
  }

  /** At most so many of the next bytes. */
  peek(count: number): Buffer {
    return this.#bytes.subarray(this.#at, this.#at + count)
  }

  u8(at: number): number {
    return this.#bytes.readUInt8(this.#at + at)
  }

  /** Most significant byte first. */
  big(at: number, bytes: number): number {
    return this.#bytes.readUIntBE(this.#at + at, bytes)
  }

  /** Least significant byte first. */
  little(at: number, bytes: number): number {
    return this.#bytes.readUIntLE(this.#at + at, bytes)
  }
}

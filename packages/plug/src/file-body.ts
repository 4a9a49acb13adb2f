/** A part of a file as a body: adapters stream it, or hand the file itself to the operating system. */
export class FileBody {
  readonly file: string
  /** The first byte. */
  readonly start: number
  /** The byte behind the last. */
  readonly end: number
  constructor(file: string, start: number, end: number) {
    this.file = file
    this.start = start
    this.end = end
  }
}

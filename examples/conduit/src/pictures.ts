import { createHash } from "node:crypto"
import { mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { err, ok, type Result } from "@bennu/core"
import type { Upload } from "@bennu/plug"

// What a file is, its first bytes tell: neither its name nor what the sender calls it.
const kinds = [
  { ending: "png", begins: ["\x89PNG\r\n\x1a\n"] },
  { ending: "jpg", begins: ["\xff\xd8\xff"] },
  { ending: "webp", begins: ["RIFF", "WEBP"] },
] as const

/** The names that `keep` gives. */
export const pictureName = /^[0-9a-f]{64}\.(?:png|jpg|webp)$/
export const maxPicture = 512 * 1024
/** With what a form says around it. */
export const maxPictureForm = maxPicture + 16_384

/** The pictures of readers, in a folder, each named after what is in it. */
export function picturesIn(dir: string) {
  return {
    dir,
    async keep({ path }: Upload): Promise<Result<string, "is neither PNG nor JPEG nor WebP">> {
      const bytes = await readFile(path)
      const head = bytes.subarray(0, 12).toString("latin1")
      const kind = kinds.find(
        ({ begins: [first, then = ""] }) => head.startsWith(first) && head.endsWith(then),
      )
      if (kind === undefined) return err("is neither PNG nor JPEG nor WebP")
      const name = `${createHash("sha256").update(bytes).digest("hex")}.${kind.ending}`
      await mkdir(dir, { recursive: true })
      // whoever asks for it meanwhile sees none, or all of it
      const unfinished = join(dir, `.${crypto.randomUUID()}`)
      await writeFile(unfinished, bytes)
      await rename(unfinished, join(dir, name))
      return ok(name)
    },
  }
}
export type Pictures = ReturnType<typeof picturesIn>

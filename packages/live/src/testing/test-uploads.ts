import { isRecord } from "../view/client-message.ts"
import { allOf, attributeOf, type DomElement } from "./dom.ts"
import { TestViewError } from "./errors.ts"
import { ChosenFile, type TestFile, type UploadPage } from "./test-upload.ts"

const refsIn = (input: DomElement, kind: string): readonly string[] =>
  (attributeOf(input, `data-phx-${kind}-refs`) ?? "").split(",").filter((ref) => ref !== "")

/** The inputs of a form that `liveFileInput` rendered. */
const inputsOf = (form: DomElement): readonly DomElement[] =>
  allOf(form, 'input[type="file"][data-phx-upload-ref]')

/** The files that were chosen in one page. It does with them what the official client does. */
export class TestUploads {
  readonly #page: UploadPage
  readonly #files = new Map<string, ChosenFile>()
  #next = 0

  constructor(page: UploadPage) {
    this.#page = page
  }

  /**
   * Chooses files in an input. @returns They, and what the page says of all that are chosen in it.
   * @throws {TestViewError} for what is no such input.
   */
  choose(
    input: DomElement,
    files: readonly TestFile[],
    target: { readonly cid?: number },
  ): { readonly chosen: readonly ChosenFile[]; readonly uploads: object } {
    const ref = attributeOf(input, "data-phx-upload-ref")
    if (ref === null) throw new TestViewError("files are chosen in an input of liveFileInput")
    if (files.length > 1 && attributeOf(input, "multiple") === null) {
      throw new TestViewError("the input takes one file", {
        hint: "Raise the upload's maxEntries.",
      })
    }
    const chosen = files.map(
      (file) => new ChosenFile(this.#page, { ref, ...target }, String(this.#next++), file),
    )
    const before = attributeOf(input, "multiple") === null ? [] : this.#active(input)
    for (const file of chosen) this.#files.set(file.ref, file)
    return { chosen, uploads: { [ref]: [...before, ...chosen].map((file) => file.entry()) } }
  }

  /** Asks whether files may come that were chosen in an input. */
  async preflight(input: DomElement, target: { readonly cid?: number }): Promise<void> {
    const preflighted = new Set(refsIn(input, "preflighted"))
    const waiting = this.#active(input).filter(({ ref }) => !preflighted.has(ref))
    if (waiting.length === 0) return
    const ref = attributeOf(input, "data-phx-upload-ref")
    const entries = waiting.map((file) => file.entry())
    const answer = await this.#page.ask("allow_upload", { ref, entries, ...target })
    const { entries: passes, config } = answer
    if (!isRecord(passes) || !isRecord(config)) return
    const chunkSize = Number(config["chunk_size"])
    for (const file of waiting) {
      if (Object.hasOwn(passes, file.ref)) file.grant({ chunkSize, pass: passes[file.ref] })
    }
  }

  /**
   * Sends what is chosen in a form that is about to be submitted.
   * @param find The form as it is now.
   * @throws {TestViewError} when files are wrong, so that the page does not submit it.
   */
  async send(find: () => DomElement, target: { readonly cid?: number }): Promise<void> {
    demandRight(find())
    for (const input of inputsOf(find())) await this.preflight(input, target)
    demandRight(find())
    for (const input of inputsOf(find())) {
      const done = new Set(refsIn(input, "done"))
      for (const file of this.#active(input))
        if (!done.has(file.ref) && file.granted) await file.send()
    }
    demandRight(find())
  }

  #active(input: DomElement): readonly ChosenFile[] {
    return refsIn(input, "active").flatMap((ref) => this.#files.get(ref) ?? [])
  }
}

function demandRight(form: DomElement): void {
  const wrong = inputsOf(form).flatMap((input) => refsIn(input, "error"))
  if (wrong.length === 0) return
  throw new TestViewError("the form is not submitted: files that are chosen in it have errors", {
    hint: "The page shows upload.errors and entry.errors; cancel what is wrong, or choose other files.",
  })
}

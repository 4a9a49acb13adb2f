import { EVENT_HANDLER_HINT, isEventHandler } from "../attrs.ts"
import { type Guard, guardOf, type SlotPlan, slotPlan } from "../slot.ts"
import { allowedScheme } from "../url.ts"
import { adviceFor, type State, whereIs } from "./advice.ts"
import { plainTextElements, rawTextElements, textlessElements } from "./elements.ts"
import { Problem } from "./problem.ts"
import { RootFinder } from "./root-finder.ts"

/** What the statics of a template tell, once and for all evaluations. */
export interface Compiled {
  readonly statics: readonly string[]
  readonly slots: readonly SlotPlan[]
  readonly root: boolean
}

/** Stands for a hole in a value; no character of its own. */
const HOLE = "\uffff"

const isSpace = (character: string): boolean => " \n\t\r\f".includes(character)
const isLetter = (character: string): boolean => /^[a-z]$/i.test(character)

/**
 * Reads the statics as a browser would (HTML Standard §13.2.5, without error recovery for what a template may not do)
 * and decides for each hole what may stand there.
 * @throws {Problem} when nothing can be written safely in a hole, or a template ends inside of a tag.
 */
export class Compiler {
  readonly #source: readonly string[]
  readonly #statics: string[] = []
  readonly #slots: SlotPlan[] = []
  readonly #root = new RootFinder()
  #out = ""
  #state: State = "text"
  #tag = ""
  #tagName = ""
  #closing = false
  #selfClosing = false
  #foreign = 0
  #attribute = ""
  /** Where in `#out` the attribute begins, with the space before it; -1 once it has a hole. */
  #attributeAt = -1
  #spaceAt = 0
  #value = ""
  #valueHoles = 0
  #idLost = false
  #content = ""

  constructor(source: readonly string[]) {
    this.#source = source
  }

  compile(): Compiled {
    for (const [index, part] of this.#source.entries()) {
      const whole = index > 0 && this.#slots[index - 1]?.kind === "attribute"
      for (let i = whole ? 1 : 0; i < part.length; i++) i += this.#read(part, i, index)
      if (index < this.#source.length - 1) this.#hole(index)
    }
    this.#statics.push(this.#out)
    if (this.#state !== "text") {
      throw new Problem(
        0,
        `the template ends inside of ${this.#where()}`,
        "Close it in the same template; a part of a tag cannot be a template of its own.",
      )
    }
    return { statics: this.#statics, slots: this.#slots, root: this.#root.found }
  }

  /** Reads one character, and tells how many more were read with it. */
  #read(part: string, at: number, index: number): number {
    const character = part[at] ?? ""
    const before = this.#out.length
    this.#out += character
    switch (this.#state) {
      case "text":
        if (character === "<") this.#state = "tag open"
        else this.#root.text(character)
        return 0
      case "tag open":
        return this.#tagOpen(character)
      case "tag name":
      case "end tag":
        if (isSpace(character) || character === "/" || character === ">") {
          this.#spaceAt = before
          this.#state = "before name"
          return this.#betweenAttributes(character, before, index)
        }
        this.#tagName += character
        return 0
      case "before name":
      case "after name":
      case "after value":
      case "after spread":
        return this.#betweenAttributes(character, before, index)
      case "name":
        if (isSpace(character) || character === "/" || character === ">") {
          if (this.#isRootId()) this.#root.refuse()
          this.#state = "after name"
          this.#spaceAt = before
          return this.#betweenAttributes(character, before, index)
        }
        if (character === "=") this.#state = "before value"
        else this.#attribute += character
        return 0
      case "before value":
        return this.#beforeValue(character)
      case "double":
      case "single":
        if (character === (this.#state === "double" ? '"' : "'")) {
          if (this.#valueHoles > 0) this.#checkScheme(index)
          if (this.#idLost) this.#root.refuse()
          this.#state = "after value"
          this.#spaceAt = this.#out.length
        } else this.#value += character
        return 0
      case "unquoted":
        if (isSpace(character) || character === ">") {
          this.#spaceAt = before
          this.#state = "before name"
          return this.#betweenAttributes(character, before, index)
        }
        return 0
      case "declaration":
      case "comment":
      case "bogus":
      case "cdata":
        this.#inDeclaration(character)
        return 0
      case "raw":
      case "plain":
        return this.#inRawText(part, at)
    }
  }

  #tagOpen(character: string): number {
    this.#tagName = ""
    this.#selfClosing = false
    if (isLetter(character)) {
      this.#tagName = character
      this.#closing = false
      this.#state = "tag name"
    } else if (character === "/") {
      this.#closing = true
      this.#state = "end tag"
    } else if (character === "!") {
      this.#content = ""
      this.#state = "declaration"
    } else if (character === "?") {
      this.#root.refuse()
      this.#state = "bogus"
    } else {
      this.#root.text("<")
      this.#root.text(character)
      this.#state = character === "<" ? "tag open" : "text"
    }
    return 0
  }

  #betweenAttributes(character: string, before: number, index: number): number {
    if (character === ">") {
      this.#tagEnds()
      return 0
    }
    if (isSpace(character)) {
      if (this.#state === "after value" || this.#state === "after spread") this.#spaceAt = before
      if (this.#state !== "after name") this.#state = "before name"
      return 0
    }
    if (this.#state === "after spread" && character !== "/") {
      throw new Problem(
        index,
        `a hole of attributes is followed by ${JSON.stringify(character)}`,
        `Names of attributes cannot come from holes; write name="\${value}", or attrs({ … }) and a space.`,
      )
    }
    if (character === "/") {
      this.#selfClosing = true
      this.#state = "before name"
      this.#spaceAt = this.#out.length
      return 0
    }
    if (character === "=" && this.#state === "after name") {
      this.#state = "before value"
      return 0
    }
    this.#selfClosing = false
    this.#attribute = character
    this.#attributeAt = this.#spaceAt
    this.#state = "name"
    return 0
  }

  #beforeValue(character: string): number {
    if (isSpace(character)) return 0
    this.#value = ""
    this.#valueHoles = 0
    this.#idLost = this.#isRootId() && !this.#out.endsWith(` id=${character}`)
    if (character === '"') this.#state = "double"
    else if (character === "'") this.#state = "single"
    else {
      if (this.#isRootId()) this.#root.refuse()
      if (character === ">") this.#tagEnds()
      else this.#state = "unquoted"
    }
    return 0
  }

  /** The client keeps the id of a root that it skips when it finds ` id="` in the start tag. */
  #isRootId(): boolean {
    return this.#attribute.toLowerCase() === "id" && this.#root.atTop && !this.#closing
  }

  #tagEnds(): void {
    this.#tag = this.#tagName.toLowerCase()
    const foreignRoot = this.#tag === "svg" || this.#tag === "math"
    const foreign = this.#foreign > 0 || foreignRoot
    this.#state = "text"
    if (this.#closing) {
      this.#root.endTag(this.#tag)
      if (foreignRoot && this.#foreign > 0) this.#foreign--
      return
    }
    this.#root.startTag(this.#tag, this.#tagName, this.#selfClosing, foreign)
    if (this.#selfClosing && foreign) return
    if (foreignRoot) this.#foreign++
    this.#content = ""
    if (this.#tag === "plaintext") {
      throw new Problem(0, "<plaintext> never ends", "Use <pre>.")
    }
    if (rawTextElements.has(this.#tag)) this.#state = "raw"
    else if (plainTextElements.has(this.#tag) && this.#foreign === 0) this.#state = "plain"
  }

  #inDeclaration(character: string): void {
    this.#content += character
    if (this.#state === "declaration") {
      if (this.#content === "--") this.#state = "comment"
      else if (this.#content === "[CDATA[" && this.#foreign > 0) this.#state = "cdata"
      else if (!"--".startsWith(this.#content) && !"[CDATA[".startsWith(this.#content)) {
        this.#root.refuse()
        this.#state = "bogus"
      }
    }
    if (this.#state === "bogus" || this.#state === "declaration") {
      if (character === ">") this.#state = "text"
    } else if (this.#state === "cdata") {
      if (this.#content.endsWith("]]>")) this.#state = "text"
    } else if (/^--(>|->)$|--!?>$/.test(this.#content) && this.#content.length > 2) {
      // `<!-->` and `<!--->` are whole comments, and `--!>` ends one
      const regular = this.#content.length >= 5 && this.#content.endsWith("-->")
      this.#root.comment(regular ? this.#content.slice(2, -3) : "<")
      this.#state = "text"
    }
  }

  #inRawText(part: string, at: number): number {
    this.#content += part[at]
    const end = `</${this.#tag}`
    if (part[at] !== "<" || part.slice(at, at + end.length).toLowerCase() !== end) return 0
    const next = part[at + end.length] ?? ""
    if (next !== "" && !isSpace(next) && next !== "/" && next !== ">") return 0
    if (this.#tag === "script" && /<!--[\s\S]*<script/i.test(this.#content)) {
      throw new Problem(
        0,
        "a <script> contains <!-- and <script",
        "A browser reads on after its end; write these words in two parts.",
      )
    }
    this.#out += part.slice(at + 1, at + end.length)
    this.#tagName = this.#tag
    this.#closing = true
    this.#selfClosing = false
    this.#state = "end tag"
    return end.length - 1
  }

  #hole(index: number): void {
    const next = this.#source[index + 1] ?? ""
    switch (this.#state) {
      case "text": {
        const { parent } = this.#root
        this.#root.hole()
        this.#slot(textlessElements.has(parent) ? "markup" : "text", parent, "", "none")
        return
      }
      case "plain":
        if (/<\/?[a-z]*$/i.test(this.#content)) throw this.#misplaced(index)
        // a browser drops a line break right after the tag, be it the user's
        if (this.#tag === "textarea" && this.#content === "") this.#out += "\n"
        this.#content += " "
        this.#slot("plain", this.#tag, "", "none")
        return
      case "double":
      case "single":
        this.#valueHole(index, next)
        return
      case "before name":
      case "after name":
      case "after value":
      case "after spread":
        if (this.#closing) throw this.#misplaced(index)
        this.#out = this.#out.slice(0, Math.max(this.#spaceAt, 0))
        this.#slot("tag", this.#tagName.toLowerCase(), "", "none")
        this.#state = "after spread"
        this.#spaceAt = 0
        return
      default:
        throw this.#misplaced(index)
    }
  }

  #valueHole(index: number, next: string): void {
    const name = this.#attribute.toLowerCase()
    const tag = this.#tagName.toLowerCase()
    if (this.#closing) throw this.#misplaced(index)
    if (isEventHandler(name)) {
      throw new Problem(index + 1, `it stands in the event handler "${name}"`, EVENT_HANDLER_HINT)
    }
    const guard = guardOf(tag, name)
    const quote = this.#state === "double" ? '"' : "'"
    if (this.#value === "" && this.#attributeAt !== -1 && next.startsWith(quote)) {
      this.#out = this.#out.slice(0, this.#attributeAt)
      this.#slot("attribute", tag, this.#attribute, guard)
      this.#state = "after value"
      this.#spaceAt = 0
      return
    }
    this.#checkScheme(index + 1)
    const partGuard = guard === "url" ? this.#urlGuard() : guard
    if (guard === "srcdoc") {
      throw new Problem(
        index + 1,
        "it is a part of srcdoc",
        "Give the whole of it in one hole, as html`…`.",
      )
    }
    this.#slot("part", tag, this.#attribute, partGuard)
    this.#attributeAt = -1
    this.#value += HOLE
    this.#valueHoles++
  }

  /** Whether a part of a URL can still say or complete its scheme. */
  #urlGuard(): Guard {
    const before = this.#value.replace(/^[\0- ]+/, "")
    if (/[/?#\\:]/.test(before)) return "none"
    return before === "" ? "url" : "url-rest"
  }

  /** A static scheme beside a hole has to be one that may be linked to. */
  #checkScheme(hole: number): void {
    if (guardOf(this.#tagName.toLowerCase(), this.#attribute.toLowerCase()) !== "url") return
    const start = /^[^/?#\\:]*[:&]/.exec(this.#value.replaceAll("&amp;", "?"))?.[0]
    if (start === undefined || allowedScheme(start.slice(0, -1).trim().toLowerCase())) return
    throw new Problem(
      hole,
      start.includes(HOLE)
        ? `the scheme of "${this.#attribute}" comes from a hole`
        : `it stands in a URL that starts with ${JSON.stringify(start)}`,
      "Write the scheme into the template, or give the whole URL in one hole, which is judged then.",
    )
  }

  #slot(kind: SlotPlan["kind"], tag: string, name: string, guard: Guard): void {
    this.#slots.push(slotPlan({ kind, tag, name }, guard, this.#out))
    this.#statics.push(this.#out)
    this.#out = ""
  }

  #misplaced(index: number): Problem {
    return new Problem(
      index + 1,
      `it stands in ${this.#where()}`,
      adviceFor(this.#state, this.#tag),
    )
  }

  #where(): string {
    return whereIs(this.#state, this.#closing, this.#tag, this.#attribute)
  }
}

import { EVENT_HANDLER_HINT, isEventHandler } from "../attrs.ts"
import { type Guard, guardOf, type SlotPlan, slotPlan } from "../slot.ts"
import { adviceFor, type State, whereIs } from "./advice.ts"
import { plainTextElements, rawTextElements, textlessElements } from "./elements.ts"
import { checkMeta, SPREAD } from "./meta.ts"
import type { Compiled, Outline, Position, StaticAttribute } from "./outline.ts"
import { Problem } from "./problem.ts"
import { endsRawText, isLetter, isSpace, stateIn } from "./raw-text.ts"
import { RootFinder } from "./root-finder.ts"
import { isDeclared } from "./style-holes.ts"
import { checkScheme, HOLE, partGuard } from "./url-holes.ts"

const breakless = new Set(["pre", "listing"])

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
  /** Told of every tag, by those who look for mistakes. */
  readonly #outline: Outline | undefined
  #out = ""
  #part = 0
  #at = 0
  #tagStart: Position = { part: 0, offset: 0 }
  /** Where in `#out` the last start tag ended. */
  #tagEnd = -1
  #attributes: StaticAttribute[] = []
  /** The hole that is a part of the content of a `<meta>`, from 1. */
  #metaHole = 0
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

  constructor(source: readonly string[], outline?: Outline) {
    this.#source = source
    this.#outline = outline
  }

  /** The part being read, and where in it. */
  get position(): Position {
    return { part: this.#part, offset: this.#at }
  }

  compile(): Compiled {
    for (const [index, part] of this.#source.entries()) {
      const whole = index > 0 && this.#slots[index - 1]?.kind === "attribute"
      this.#part = index
      for (let i = whole ? 1 : 0; i < part.length; i++) {
        this.#at = i
        i += this.#read(part, i, index)
      }
      this.#at = part.length
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
        if (character === "<") this.#startsTag()
        else this.#text(character)
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
          this.#noteAttribute("")
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
          if (this.#valueHoles > 0) checkScheme(this.#guard, this.#attribute, this.#value, index)
          this.#noteAttribute(this.#valueHoles > 0 ? null : this.#value)
          if (this.#idLost) this.#root.refuse()
          this.#state = "after value"
          this.#spaceAt = this.#out.length
        } else this.#value += character
        return 0
      case "unquoted":
        if (isSpace(character) || character === ">") {
          this.#noteAttribute(this.#value)
          this.#spaceAt = before
          this.#state = "before name"
          return this.#betweenAttributes(character, before, index)
        }
        this.#value += character
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

  #startsTag(): void {
    this.#state = "tag open"
    this.#tagStart = this.position
  }

  #text(character: string): void {
    this.#root.text(character)
    if (!isSpace(character)) this.#outline?.text(this.position)
  }

  #noteAttribute(value: string | null): void {
    this.#attributes.push({ name: this.#attribute.toLowerCase(), value })
  }

  #tagOpen(character: string): number {
    this.#tagName = ""
    this.#selfClosing = false
    this.#attributes = []
    this.#metaHole = 0
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
      this.#text("<")
      this.#state = "text"
      if (character === "<") this.#startsTag()
      else this.#text(character)
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
      this.#attributes.pop()
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
      if (character === ">") {
        this.#noteAttribute("")
        this.#tagEnds()
      } else {
        this.#value = character
        this.#state = "unquoted"
      }
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
      this.#outline?.end(this.#tag, this.#tagStart)
      this.#root.endTag(this.#tag)
      if (foreignRoot && this.#foreign > 0) this.#foreign--
      return
    }
    this.#tagEnd = this.#out.length
    checkMeta(this.#metaHole, this.#attributes)
    const attributes = this.#attributes
    const selfClosing = this.#selfClosing
    this.#outline?.start({ name: this.#tag, attributes, selfClosing, foreign }, this.#tagStart)
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
    const before = this.#state
    this.#state = stateIn(before, this.#content, this.#foreign > 0)
    if (this.#state === "bogus") this.#root.refuse()
    if (this.#state === "text" && before === "comment") {
      // `<!-->` and `<!--->` are whole comments, and `--!>` ends one
      const regular = this.#content.length >= 5 && this.#content.endsWith("-->")
      this.#root.comment(regular ? this.#content.slice(2, -3) : "<")
    }
  }

  #inRawText(part: string, at: number): number {
    this.#content += part[at]
    if (part[at] !== "<") return 0
    if (!endsRawText(part, at, this.#tag, this.#content, this.#foreign > 0)) return 0
    this.#startsTag()
    this.#out += part.slice(at + 1, at + 2 + this.#tag.length)
    this.#tagName = this.#tag
    this.#closing = true
    this.#selfClosing = false
    this.#state = "end tag"
    return 1 + this.#tag.length
  }

  #hole(index: number): void {
    const next = this.#source[index + 1] ?? ""
    switch (this.#state) {
      case "text": {
        const { parent } = this.#root
        this.#root.hole()
        this.#outline?.hole()
        // a browser drops a line break right after these tags, be it the user's
        if (breakless.has(parent) && this.#out.length === this.#tagEnd) this.#out += "\n"
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
      case "raw":
        // in SVG and MathML a browser reads markup there
        if (this.#tag !== "style" || this.#foreign > 0) throw this.#misplaced(index)
        if (!isDeclared(this.#content, next)) throw this.#misplaced(index)
        this.#content += HOLE
        this.#slot("part", this.#tag, "", "style")
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
        this.#attributes.push({ name: SPREAD, value: null })
        this.#slot("tag", this.#tagName.toLowerCase(), "", "none")
        this.#state = "after spread"
        this.#spaceAt = 0
        return
      default:
        throw this.#misplaced(index)
    }
  }

  get #guard(): Guard {
    return guardOf(this.#tagName.toLowerCase(), this.#attribute.toLowerCase())
  }

  #valueHole(index: number, next: string): void {
    const name = this.#attribute.toLowerCase()
    const tag = this.#tagName.toLowerCase()
    if (this.#closing) throw this.#misplaced(index)
    if (isEventHandler(name)) {
      throw new Problem(index + 1, `it stands in the event handler "${name}"`, EVENT_HANDLER_HINT)
    }
    const guard = this.#guard
    const quote = this.#state === "double" ? '"' : "'"
    if (this.#value === "" && this.#attributeAt !== -1 && next.startsWith(quote)) {
      this.#out = this.#out.slice(0, this.#attributeAt)
      this.#noteAttribute(null)
      this.#slot("attribute", tag, this.#attribute, guard)
      this.#state = "after value"
      this.#spaceAt = 0
      return
    }
    checkScheme(guard, this.#attribute, this.#value, index + 1)
    if (guard === "srcdoc") {
      throw new Problem(
        index + 1,
        "it is a part of srcdoc",
        "Give the whole of it in one hole, as html`…`.",
      )
    }
    if (guard === "refresh") this.#metaHole = index + 1
    this.#slot("part", tag, this.#attribute, partGuard(guard, this.#value))
    this.#attributeAt = -1
    this.#value += HOLE
    this.#valueHoles++
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

import { type Location, TemplateError } from "./errors.ts"
import { callerOf } from "./internal/caller.ts"
import { Compiler } from "./internal/compile.ts"
import { type Mistake, MistakeFinder } from "./internal/mistake-finder.ts"
import { Problem } from "./internal/problem.ts"
import type { SlotPlan } from "./slot.ts"

/** What is known of a template literal, the same object at each of its evaluations. */
export class Template {
  /** The markup around the holes; one more than there are slots. Whole attributes belong to their holes. */
  readonly statics: readonly string[]
  readonly slots: readonly SlotPlan[]
  /** What follows the last hole. */
  readonly tail: string
  readonly tailAfterQuote: string
  /** Whether the markup is exactly one element whose tags are static. */
  readonly root: boolean

  constructor(statics: readonly string[], slots: readonly SlotPlan[], root: boolean) {
    this.statics = statics
    this.slots = slots
    this.tail = statics.at(-1) ?? ""
    this.tailAfterQuote = `"${this.tail}`
    this.root = root
  }
}

// A literal's TemplateStringsArray is the same object at each evaluation: ECMA-262 §13.2.8.4.
const templates = new WeakMap<TemplateStringsArray, Template>()
// Rows of a list evaluate one literal many times in a row.
let lastStrings: TemplateStringsArray | null = null
let lastTemplate: Template | null = null

/** The template of a literal, read when first met. */
export function templateOf(
  strings: TemplateStringsArray,
  tag: (...holes: never) => unknown,
): Template {
  if (strings === lastStrings && lastTemplate !== null) return lastTemplate
  let template = templates.get(strings)
  if (template === undefined) {
    template = compile(strings, tag)
    templates.set(strings, template)
  }
  lastStrings = strings
  lastTemplate = template
  return template
}

function compile(strings: TemplateStringsArray, tag: (...holes: never) => unknown): Template {
  if (!Array.isArray(strings.raw) || !Object.isFrozen(strings)) {
    throw new TypeError("html is a tag: write html`<p>…</p>`")
  }
  try {
    if (strings.includes(undefined as never)) {
      throw new Problem(0, "the template has an invalid escape", "Write \\\\ for a backslash.")
    }
    const finder = process.env["NODE_ENV"] === "production" ? undefined : new MistakeFinder()
    const { statics, slots, root } = new Compiler(strings, finder).compile()
    if (finder !== undefined && finder.mistakes.length > 0) warn(finder.mistakes, callerOf(tag))
    return new Template(statics, slots, root)
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem
    throw new TemplateError(problem.what, problem.hole, callerOf(tag), problem.hint)
  }
}

/** A mistake is no danger, so the page is shown; whoever writes it is told, once a template. */
function warn(mistakes: readonly Mistake[], where: Location | null): void {
  const place = where === null ? "" : ` (${where.file}:${where.line})`
  for (const { rule, what } of mistakes) {
    process.emitWarning(`${what}${place}`, {
      type: "TemplateWarning",
      code: `BENNU_HTML_${rule.toUpperCase().replace("-", "_")}`,
    })
  }
}

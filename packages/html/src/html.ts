import { escapeHtml } from "./escape.ts"
import type { Hole, Resolve } from "./hole.ts"
import { Html, make, print } from "./markup.ts"
import { type Template, templateOf } from "./template.ts"
import { write } from "./write.ts"

/** A template with what stands in its holes. Nothing is escaped before it is printed or compared. */
export class TemplateHtml extends Html {
  declare readonly kind: "template"
  declare readonly template: Template
  declare readonly holes: readonly Hole[]

  constructor(template: Template, holes: readonly Hole[]) {
    super(make)
    this.template = template
    this.holes = holes
  }

  override [print](printed: string, resolve: Resolve): string {
    const { slots, tail, tailAfterQuote } = this.template
    const { holes } = this
    let out = printed
    let quote = false
    for (let i = 0; i < slots.length; i++) {
      const plan = slots[i]
      if (plan === undefined) break
      const hole = holes[i]
      if (typeof hole === "string" && plan.simple) {
        out += quote ? plan.startAfterQuote : plan.start
        out += escapeHtml(plan.judge === null ? hole : plan.judge(hole))
        quote = plan.quoted
      } else if (typeof hole === "number" && plan.simple) {
        out += quote ? plan.startAfterQuote : plan.start
        // as text before it is joined: the engine joins two texts faster than a text and a number
        out += `${hole}`
        quote = plan.quoted
      } else {
        out += quote ? plan.beforeAfterQuote : plan.before
        out = write(out, plan, hole, resolve)
        quote = false
      }
    }
    return out + (quote ? tailAfterQuote : tail)
  }
}

// said once for all of them: a page makes thousands
Object.defineProperty(TemplateHtml.prototype, "kind", { value: "template", enumerable: true })

/**
 * Markup with holes, each escaped for the place where it stands: text, a quoted attribute or a part of one, or a
 * spread `${attrs({ … })}` among the attributes of a tag. The literal is read once, when it is first evaluated.
 * @throws {TemplateError} then, with file and line, when a hole stands where nothing can be written safely.
 */
export function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  return new TemplateHtml(templateOf(strings, html), holes)
}

import { Compiler } from "../internal/compile.ts"
import { type Mistake, MistakeFinder } from "../internal/mistake-finder.ts"
import type { Position } from "../internal/outline.ts"
import { Problem } from "../internal/problem.ts"

/** What is wrong with a template. */
export interface TemplateProblem {
  /** `hole` when the template would be refused; a page with any other can be printed, but reads otherwise than it looks. */
  readonly rule: Mistake["rule"] | "hole"
  readonly message: string
  readonly at: Position
}

/**
 * Everything that is wrong with a template, without rendering it.
 * @param parts Its static parts, as in `html`'s first argument.
 */
export function checkTemplate(parts: readonly string[]): readonly TemplateProblem[] {
  const finder = new MistakeFinder()
  const compiler = new Compiler(parts, finder)
  try {
    compiler.compile()
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem
    const { hole, what, hint } = problem
    const message = `${hole === 0 ? "" : `hole ${hole}: `}${what}. ${hint}`
    return [{ rule: "hole", message, at: compiler.position }]
  }
  return finder.mistakes.map(({ rule, what, at }) => ({ rule, message: what, at }))
}

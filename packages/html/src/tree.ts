import { ListHtml, listOf } from "./each.ts"
import { type Hole, isRenderable, type Resolve } from "./hole.ts"
import { TemplateHtml } from "./html.ts"
import { type Html, isHtml } from "./markup.ts"
import { isRaw } from "./raw.ts"
import { type SlotPlan, slotPlan } from "./slot.ts"
import { Template } from "./template.ts"
import { misplaced, plainText, tagless, write } from "./write.ts"

export { demandDistinct, type Key } from "./each.ts"
export { direct, type Hole, type Renderable, type Resolve } from "./hole.ts"
export type { Slot, SlotPlan } from "./slot.ts"
export type { Template } from "./template.ts"

/** A template and what stands in its holes, which are as many as `template.slots`. */
export interface TemplateTree {
  readonly kind: "template"
  readonly template: Template
  readonly holes: readonly Hole[]
}

/** A list; its rows are rendered when asked for, so that an engine may skip those that did not change. */
export interface ListTree {
  readonly kind: "list"
  readonly rows: readonly unknown[]
  /** What renders a row. When it and the row are those of last time, so is what it returns. */
  readonly render: unknown
  /** What `each` was given: an array, an iterable or rows that bring their own keys. */
  readonly source: unknown
  keyAt(index: number): string | number
  /** What stands for the row: markup or, in an array in a hole, anything that a hole may hold. */
  rowAt(index: number): Hole
}

/** Markup that somebody vouched for. */
export interface RawTree {
  readonly kind: "raw"
  readonly markup: string
}

export type Tree = TemplateTree | ListTree | RawTree

/** What markup is made of, for engines that compare it with what was sent before. */
export function treeOf(html: Html): Tree {
  if (html instanceof TemplateHtml || html instanceof ListHtml || isRaw(html)) return html
  throw new TypeError("markup of an unknown kind")
}

/**
 * What stands in a slot: text to be written as it is (a whole attribute with its name, or `""` when it is left out),
 * markup to be taken apart, or the number by which `resolve` named a part that is printed elsewhere.
 */
export function dynamicOf(plan: SlotPlan, hole: Hole, resolve: Resolve): string | number | Html {
  if (plan.kind !== "text" && plan.kind !== "markup" && plan.kind !== "plain") {
    return write("", plan, hole, resolve)
  }
  const plain = plainText(plan, hole)
  if (plain !== null) return plain
  if (isHtml(hole)) return plan.kind === "plain" ? tagless(plan, hole, resolve) : hole
  if (Array.isArray(hole)) {
    const text = plan.kind === "plain" || (hole.length > 0 && hole.every(isText))
    return text ? write("", plan, hole, resolve) : listOf(hole)
  }
  if (isRenderable(hole)) {
    const given = resolve(hole, plan)
    if (typeof given === "number" && plan.kind !== "plain") return given
    if (typeof given === "string" || isHtml(given)) return dynamicOf(plan, given, resolve)
  }
  throw misplaced(plan, hole)
}

const isText = (hole: Hole): boolean =>
  hole === null || (typeof hole !== "object" && typeof hole !== "function")

/** The template of what was not written as one: nothing but a hole. */
export const wrapper: Template = new Template(
  ["", ""],
  [slotPlan({ kind: "text", tag: "", name: "" })],
  false,
)

/** Anything that may stand in text, as a template of which it is the only hole. */
export const wrapped = (hole: Hole): TemplateTree => new TemplateHtml(wrapper, [hole])

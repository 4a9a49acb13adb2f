import { type Attrs, isAttrs } from "./attrs.ts"
import { HoleError } from "./errors.ts"
import { escapeHtml } from "./escape.ts"
import { type Hole, isRenderable, type Resolve } from "./hole.ts"
import { partJudges, wholeJudges } from "./judge.ts"
import { type Html, isHtml, print } from "./markup.ts"
import { isRaw } from "./raw.ts"
import { type Guard, guardOf, placeOf, type Slot, type SlotPlan } from "./slot.ts"

/** What was printed, with what a hole prints in its slot behind it. */
export function write(printed: string, plan: SlotPlan, hole: Hole, resolve: Resolve): string {
  switch (plan.kind) {
    case "text":
    case "markup":
    case "plain":
      return text(printed, plan, hole, resolve)
    case "attribute":
      return printed + attribute(plan, plan.guard, hole, resolve)
    case "part":
      return printed + part(plan, hole, resolve)
    case "tag":
      return printed + spread(plan, hole, resolve)
  }
}

/** What text and numbers print between tags; `null` for what has to be asked or walked. */
export function plainText(slot: Slot, hole: Hole): string | null {
  switch (typeof hole) {
    case "string":
      if (slot.kind === "markup" && hole.trim() !== "") {
        throw new HoleError(hole, placeOf(slot), `A browser moves text out of <${slot.tag}>.`)
      }
      return escapeHtml(hole)
    case "number":
    case "bigint":
      return plainText(slot, String(hole))
    case "boolean":
    case "undefined":
      return ""
    default:
      return hole === null ? "" : null
  }
}

function text(printed: string, slot: Slot, hole: Hole, resolve: Resolve): string {
  if (isHtml(hole)) {
    return slot.kind === "plain"
      ? printed + tagless(slot, hole, resolve)
      : hole[print](printed, resolve)
  }
  const plain = plainText(slot, hole)
  if (plain !== null) return printed + plain
  if (Array.isArray(hole)) {
    let out = printed
    // proof: the only arrays that a hole may hold are arrays of holes
    for (const item of hole as readonly Hole[]) out = text(out, slot, item, resolve)
    return out
  }
  if (isRenderable(hole)) {
    const given = resolve(hole, slot)
    if (typeof given === "string" || isHtml(given)) return text(printed, slot, given, resolve)
  }
  throw misplaced(slot, hole)
}

/** Elements have no place in `<title>` and `<textarea>`; markup without a tag has. */
export function tagless(slot: Slot, html: Html, resolve: Resolve): string {
  const out = html[print]("", resolve)
  if (out.includes("<")) throw misplaced(slot, html)
  return out
}

function attribute(slot: Slot, guard: Guard, hole: Hole, resolve: Resolve): string {
  const { name } = slot
  switch (typeof hole) {
    case "string":
      return judged(slot, guard, hole)
    case "number":
    case "bigint":
      return ` ${name}="${hole}"`
    case "boolean":
      // aria-* has no bare form: `aria-expanded=""` means nothing, "false" does
      if (guard === "aria") return ` ${name}="${hole}"`
      return hole ? ` ${name}` : ""
    case "undefined":
      return ""
  }
  if (hole === null) return ""
  if (isRaw(hole)) return ` ${name}="${escapeHtml(hole.markup)}"`
  if (isHtml(hole) && guard === "srcdoc")
    return ` ${name}="${escapeHtml(hole[print]("", resolve))}"`
  if (isRenderable(hole)) {
    const given = resolve(hole, slot)
    if (typeof given === "string") return judged(slot, guard, given)
    if (isAttrs(given)) return written(slot.tag, given, resolve)
  }
  throw misplaced(slot, hole)
}

function judged(slot: Slot, guard: Guard, value: string): string {
  if (guard === "srcdoc") throw misplaced(slot, value)
  return ` ${slot.name}="${escapeHtml(wholeJudges[guard]?.(value) ?? value)}"`
}

function part(plan: SlotPlan, hole: Hole, resolve: Resolve): string {
  switch (typeof hole) {
    case "string":
      return judgedPart(plan, hole)
    case "number":
    case "bigint":
      return String(hole)
    case "boolean":
    case "undefined":
      return ""
  }
  if (hole === null) return ""
  // a style sheet has no references: there is no way to write what somebody vouches for, but as the whole element
  if (isRaw(hole) && plan.name !== "") return escapeHtml(hole.markup)
  if (isRenderable(hole)) {
    const given = resolve(hole, plan)
    if (typeof given === "string") return judgedPart(plan, given)
  }
  throw misplaced(plan, hole)
}

const judgedPart = ({ guard }: SlotPlan, value: string): string =>
  escapeHtml(partJudges[guard]?.(value) ?? value)

function spread(slot: Slot, hole: Hole, resolve: Resolve): string {
  if (isAttrs(hole)) return written(slot.tag, hole, resolve)
  if (hole === null || hole === undefined || hole === false || hole === "") return ""
  if (isRenderable(hole)) {
    const given = resolve(hole, slot)
    if (isAttrs(given)) return written(slot.tag, given, resolve)
    if (given === "") return ""
  }
  throw new HoleError(hole, placeOf(slot), "Write attrs({ name: value }).")
}

function written(tag: string, { entries }: Attrs, resolve: Resolve): string {
  let out = ""
  for (const [name, value] of entries) {
    const slot: Slot = { kind: "attribute", tag, name }
    out += attribute(slot, guardOf(tag, name.toLowerCase()), value, resolve)
  }
  return out
}

/** What to say of a value that has no meaning in its slot. */
export function misplaced(slot: Slot, hole: unknown): HoleError {
  return new HoleError(hole, placeOf(slot), hintFor(slot, hole))
}

function hintFor({ kind, name }: Slot, hole: unknown): string {
  if (isAttrs(hole))
    return "attrs() stands among the attributes of a tag, not in a value or in text."
  if (name === "srcdoc") return "srcdoc is a document: it takes html`…`."
  if (isHtml(hole)) {
    return kind === "plain"
      ? "Elements would show as text; give it text."
      : "An attribute takes text; raw() says that you vouch for it."
  }
  if (Array.isArray(hole)) return "Join it: an attribute is one text."
  return "A hole takes text, numbers, booleans, null, markup, and in text arrays of these."
}

import type { SlotPlan } from "../slot.ts"

/** What the statics of a template tell, once and for all evaluations. */
export interface Compiled {
  readonly statics: readonly string[]
  readonly slots: readonly SlotPlan[]
  readonly root: boolean
}

/** Where in the statics something stands. */
export interface Position {
  readonly part: number
  readonly offset: number
}

/** An attribute as the statics tell it. */
export interface StaticAttribute {
  /** In lower case; `""` for a spread, whose names are not known. */
  readonly name: string
  /** `null` when a hole has a part in it. */
  readonly value: string | null
}

export interface StartTag {
  /** In lower case. */
  readonly name: string
  readonly attributes: readonly StaticAttribute[]
  /** Whether it is written `<name/>`. */
  readonly selfClosing: boolean
  /** Whether it is that of an SVG or MathML element. */
  readonly foreign: boolean
}

/** Hears what a template consists of while it is read. */
export interface Outline {
  start(tag: StartTag, at: Position): void
  end(name: string, at: Position): void
  /** A character that is no white space. */
  text(at: Position): void
  hole(): void
}

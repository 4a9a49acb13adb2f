import { type Renderable, rendered } from "@bennu/html"
import type { ComponentTarget } from "./component/live-component.ts"
import type { EventRef } from "./event-ref.ts"
import { webTarget } from "./local-target.ts"

/** Which elements a command means: by selector in the document, near the element itself, or inside of it. */
export type To = string | { readonly inner: string } | { readonly closest: string }
export interface JSTarget {
  /** The element that has the command, where nothing is said. */
  readonly to?: To | undefined
}
/** Class names while it runs, at its start, at its end. A text is the classes while it runs. */
export type JSTransition = string | readonly [during: string, from: string, to: string]
export interface JSTimed extends JSTarget {
  /** Milliseconds (200). */
  readonly time?: number | undefined
  /** `false` does not hold back patches of the page while it runs. */
  readonly blocking?: boolean | undefined
  readonly transition?: JSTransition | undefined
}
export interface JSReplace {
  /** Takes the current entry's place in the history. */
  readonly replace?: boolean | undefined
}
export interface JSPush<T> {
  readonly value?: Partial<T> | undefined
  /** The live component or view that gets the event: a selector, or what renders as one. */
  readonly target?: string | ComponentTarget | undefined
  /** Elements, by selector, that show that it is under way. */
  readonly loading?: string | undefined
  readonly pageLoading?: boolean | undefined
}
type Attribute = readonly [name: string, value: string]

/**
 * Commands that the page runs without the server, in a row: `phx-click="${JS.push(save).hide({ to: "#modal" })}"`.
 * Each call gives a new value, so that commands can be handed on and added to.
 */
export interface JS extends Renderable {
  push<T>(event: EventRef<T>, options?: JSPush<NoInfer<T>>): JS
  show(options?: JSTimed & { readonly display?: string | undefined }): JS
  hide(options?: JSTimed): JS
  toggle(
    options?: Omit<JSTimed, "transition"> & {
      readonly in?: JSTransition | undefined
      readonly out?: JSTransition | undefined
      readonly display?: string | undefined
    },
  ): JS
  transition(transition: JSTransition, options?: Omit<JSTimed, "transition">): JS
  addClass(names: string, options?: JSTimed): JS
  removeClass(names: string, options?: JSTimed): JS
  toggleClass(names: string, options?: JSTimed): JS
  setAttribute(attribute: Attribute, options?: JSTarget): JS
  removeAttribute(name: string, options?: JSTarget): JS
  toggleAttribute(
    attribute: Attribute | readonly [name: string, on: string, off: string],
    options?: JSTarget,
  ): JS
  /** Attributes that the page keeps when it is patched; `*` stands for any rest of a name. */
  ignoreAttributes(names: readonly string[], options?: JSTarget): JS
  focus(options?: JSTarget): JS
  focusFirst(options?: JSTarget): JS
  pushFocus(options?: JSTarget): JS
  popFocus(): JS
  dispatch(
    event: string,
    options?: JSTarget & {
      readonly detail?: unknown
      readonly bubbles?: boolean | undefined
      readonly blocking?: boolean | undefined
    },
  ): JS
  /** Runs the commands that stand in an attribute. */
  exec(attribute: string, options?: JSTarget): JS
  navigate(to: string, options?: JSReplace): JS
  patch(to: string, options?: JSReplace): JS
  concat(more: JS): JS
  toJSON(): readonly JSCommand[]
}
/** As the client reads it. */
export type JSCommand = readonly [name: string, args: Readonly<Record<string, unknown>>]

const words = (names: string): string[] => names.split(" ").filter((name) => name !== "")

function transitionOf(transition: JSTransition | undefined): string[][] | undefined {
  if (transition === undefined) return undefined
  const [during, from, to] = typeof transition === "string" ? [transition, "", ""] : transition
  return [words(during), words(from), words(to)]
}

const timed = ({ to, time, blocking, transition }: JSTimed) => ({
  to,
  time,
  blocking,
  transition: transitionOf(transition),
})

class Commands implements JS {
  readonly #commands: readonly JSCommand[]
  constructor(commands: readonly JSCommand[]) {
    this.#commands = commands
  }
  /** The client takes a key that is there for said, even if it is null: what was not said is left out. */
  #with(name: string, args: Readonly<Record<string, unknown>>): JS {
    const said = Object.entries(args).filter(([, value]) => value !== undefined)
    return new Commands([...this.#commands, [name, Object.fromEntries(said)]])
  }
  push<T>(event: EventRef<T>, options: JSPush<NoInfer<T>> = {}): JS {
    const { value, loading, pageLoading: page_loading } = options
    const target = options.target === undefined ? event.target : String(options.target)
    return this.#with("push", { event: event.name, value, target, loading, page_loading })
  }
  show(options: JSTimed & { readonly display?: string | undefined } = {}): JS {
    return this.#with("show", { ...timed(options), display: options.display })
  }
  hide(options: JSTimed = {}): JS {
    return this.#with("hide", timed(options))
  }
  toggle(options: Parameters<JS["toggle"]>[0] = {}): JS {
    const { to, time, blocking, display } = options
    const ins = transitionOf(options.in)
    return this.#with("toggle", {
      to,
      time,
      blocking,
      display,
      ins,
      outs: transitionOf(options.out),
    })
  }
  transition(transition: JSTransition, options: Omit<JSTimed, "transition"> = {}): JS {
    return this.#with("transition", timed({ ...options, transition }))
  }
  addClass(names: string, options: JSTimed = {}): JS {
    return this.#with("add_class", { ...timed(options), names: words(names) })
  }
  removeClass(names: string, options: JSTimed = {}): JS {
    return this.#with("remove_class", { ...timed(options), names: words(names) })
  }
  toggleClass(names: string, options: JSTimed = {}): JS {
    return this.#with("toggle_class", { ...timed(options), names: words(names) })
  }
  setAttribute(attr: Attribute, { to }: JSTarget = {}): JS {
    return this.#with("set_attr", { to, attr })
  }
  removeAttribute(attr: string, { to }: JSTarget = {}): JS {
    return this.#with("remove_attr", { to, attr })
  }
  toggleAttribute(attr: readonly string[], { to }: JSTarget = {}): JS {
    return this.#with("toggle_attr", { to, attr })
  }
  ignoreAttributes(attrs: readonly string[], { to }: JSTarget = {}): JS {
    return this.#with("ignore_attrs", { to, attrs })
  }
  focus({ to }: JSTarget = {}): JS {
    return this.#with("focus", { to })
  }
  focusFirst({ to }: JSTarget = {}): JS {
    return this.#with("focus_first", { to })
  }
  pushFocus({ to }: JSTarget = {}): JS {
    return this.#with("push_focus", { to })
  }
  popFocus(): JS {
    return this.#with("pop_focus", {})
  }
  dispatch(event: string, options: Parameters<JS["dispatch"]>[1] = {}): JS {
    const { to, detail, bubbles, blocking } = options
    return this.#with("dispatch", { event, to, detail, bubbles, blocking })
  }
  exec(attr: string, { to }: JSTarget = {}): JS {
    return this.#with("exec", { attr, to })
  }
  navigate(to: string, { replace = false }: JSReplace = {}): JS {
    return this.#with("navigate", { href: webTarget(to), replace })
  }
  patch(to: string, { replace = false }: JSReplace = {}): JS {
    return this.#with("patch", { href: webTarget(to), replace })
  }
  concat(more: JS): JS {
    return new Commands([...this.#commands, ...more.toJSON()])
  }
  toJSON(): readonly JSCommand[] {
    return this.#commands
  }
  [rendered](): string {
    return JSON.stringify(this.#commands)
  }
}

/** No command yet: where each row of commands starts. */
export const JS: JS = new Commands([])

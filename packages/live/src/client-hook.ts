import { type Renderable, rendered } from "@bennu/html"
import { DefinitionError } from "./errors.ts"

/** An element as the page's types have it, or as far as a server needs to know where they are not loaded. */
export type PageElement = typeof globalThis extends { HTMLElement: { prototype: infer E } }
  ? E
  : {
      readonly id: string
      readonly dataset: Record<string, string | undefined>
      textContent: string | null
      getAttribute(name: string): string | null
      setAttribute(name: string, value: string): void
      addEventListener(type: string, heard: (event: Event) => void): void
      dispatchEvent(event: Event): boolean
    }

/** What `this` is in the functions of a hook. */
export interface HookContext {
  readonly el: PageElement
  readonly liveSocket: { execJS(el: PageElement, js: string): void }
  /** Commands of `JS`, from here. */
  js(): {
    exec(js: string): void
    show(el: PageElement): void
    hide(el: PageElement): void
    setAttribute(el: PageElement, name: string, value: string): void
  }
  /** @param reply Gets what the handler gave `socket.reply`. */
  pushEvent(
    event: string,
    payload?: object,
    reply?: (reply: unknown, ref: number) => void,
  ): Promise<unknown>
  pushEventTo(target: PageElement | string, event: string, payload?: object): Promise<unknown>
  /** Hears what the view gives `socket.pushEvent`. */
  handleEvent<T = unknown>(event: string, heard: (payload: T) => void): unknown
  upload(name: string, files: Iterable<unknown>): void
  uploadTo(target: PageElement | string, name: string, files: Iterable<unknown>): void
}

/** When the page calls a hook's functions. */
export interface HookCallbacks {
  mounted?(): void
  beforeUpdate?(): void
  updated?(): void
  destroyed?(): void
  disconnected?(): void
  reconnected?(): void
}

/** A hook of the page, named where it is used: `phx-hook="${Tooltip}"`, on an element with an id. */
export interface ClientHook extends Renderable {
  readonly name: string
}

class PageHook implements ClientHook {
  readonly name: string
  readonly #source: string
  constructor(name: string, source: string) {
    this.name = name
    this.#source = source
  }
  static sourceOf(hook: ClientHook): string {
    if (#source in hook) return hook.#source
    throw new DefinitionError(`"${hook.name}" was not made by clientHook`)
  }
  [rendered](): string {
    return this.name
  }
}

/** An object literal of JavaScript. @internal */
export const hookSource = (hook: ClientHook): string => PageHook.sourceOf(hook)

/**
 * A hook that stands beside its markup. Its functions run in the page: they see `this`, their arguments and the browser, never the
 * module that they are written in. Name it in `hooks` of its view or component, and give the page what `hooksModule` makes of them.
 * @example const draft = clientHook("Draft", { mounted() { this.handleEvent("sent", () => this.el.reset()) } })
 * @throws {DefinitionError} for a name that the client keeps for itself, and for a value that cannot travel.
 */
export function clientHook<H extends HookCallbacks>(
  name: string,
  hook: H & ThisType<H & HookContext>,
): ClientHook {
  if (name === "" || name.startsWith("Phoenix.") || name.startsWith(".")) {
    const hint = 'Call it after what it does: clientHook("Draft", { … }).'
    throw new DefinitionError(`${JSON.stringify(name)} is no name for a hook`, { hint })
  }
  const members = Object.entries(hook).map(([key, value]) => member(name, key, value))
  return new PageHook(name, `{ ${members.join(", ")} }`)
}

function member(name: string, key: string, value: unknown): string {
  const quoted = JSON.stringify(key)
  if (typeof value === "function") {
    const source = Function.prototype.toString.call(value)
    return `${quoted}: ${expressionOf(source, key)}`
  }
  const json: unknown = JSON.stringify(value)
  if (typeof json === "string") return `${quoted}: ${json}`
  throw new DefinitionError(`"${key}" of the hook "${name}" cannot travel to the page`, {
    hint: "Give it functions and JSON.",
  })
}

/** A method's source is no expression: `mounted() {}` stands for `function mounted() {}`. */
function expressionOf(source: string, key: string): string {
  const words = source.startsWith("async ")
    ? ["async ", source.slice("async ".length)]
    : ["", source]
  const [before = "", rest = ""] = words
  const star = rest.startsWith("*") ? "*" : ""
  const bare = rest.slice(star.length).trimStart()
  const isMethod = [key, JSON.stringify(key), `'${key}'`].some((said) =>
    bare.startsWith(`${said}(`),
  )
  if (!isMethod) return `(${source})`
  return `${before}function${star} ${bare.slice(bare.indexOf("("))}`
}

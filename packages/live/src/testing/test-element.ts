import { attributeOf, type DomElement, oneOf, textOf } from "./dom.ts"
import { TestViewError } from "./errors.ts"
import { type FormInput, filled, pairsOf, withUnused } from "./form.ts"

/** What an element does to its view. */
export interface ElementView {
  readonly markup: string
  /** The fields that somebody has filled in before: the others are marked as unused. */
  readonly used: Set<string>
  send(event: object): Promise<void>
  patch(to: string): Promise<void>
  navigate(to: string, replace: boolean): Promise<void>
}

/** An element of a page, found anew at each use. */
export interface TestElement {
  /** Clicks it: what `phx-click` says, or a live link. */
  click(): Promise<void>
  /** Fills in a form and submits it: `phx-submit`. */
  submit(values?: FormInput): Promise<void>
  /** Fills in a form, or one field of it, and stays: `phx-change`. The last field given is the one that changed. */
  change(values: FormInput): Promise<void>
  /** What can be read of it. */
  text(): string
  attribute(name: string): string | null
}

type Command = readonly [name: string, args: Readonly<Record<string, unknown>>]

/** `phx-click` and the like hold an event's name or commands. */
function commandsOf(element: DomElement, attribute: string, selector: string): readonly Command[] {
  const said = attributeOf(element, attribute)
  if (said === null) {
    throw new TestViewError(`${selector} has no ${attribute}`, {
      hint: `It is <${element.name} ${JSON.stringify(element.attribs)}>.`,
    })
  }
  // commands are an array of pairs: js.ts writes them
  return said.startsWith("[") ? (JSON.parse(said) as Command[]) : [["push", { event: said }]]
}

/** What the client sends along with an element's event. */
function clickValue(element: DomElement): Record<string, unknown> {
  const values = Object.entries(element.attribs)
    .filter(([name]) => name.startsWith("phx-value-"))
    .map(([name, value]) => [name.slice("phx-value-".length), value])
  const own = attributeOf(element, "value") ?? (element.name === "button" ? "" : null)
  return { ...Object.fromEntries(values), ...(own !== null && { value: own }) }
}

export function testElement(view: ElementView, selector: string): TestElement {
  const find = () => oneOf(view.markup, selector)

  async function run(commands: readonly Command[], push: (args: Command[1]) => object) {
    for (const [name, args] of commands) {
      if (name === "push") await view.send(push(args))
      else if (name === "patch") await view.patch(String(args["href"]))
      else if (name === "navigate")
        await view.navigate(String(args["href"]), args["replace"] === true)
    }
  }

  function sendForm(attribute: string, input: FormInput, change: boolean): Promise<void> {
    const form = find()
    const commands = commandsOf(form, attribute, selector)
    const given = pairsOf(input)
    const pairs = filled(form, given)
    for (const [name] of change ? given : pairs) view.used.add(name)
    const value = new URLSearchParams(
      withUnused(form, pairs, view.used).map(([name, text]): [string, string] => [name, text]),
    )
    const meta = change ? { _target: given.at(-1)?.[0] ?? "undefined" } : {}
    return run(commands, ({ event, value: more }) => ({
      ...{ type: "form", event, value: value.toString() },
      meta: { ...phxValues(form), ...meta, ...(more as object) }, // an object, as JS.push takes it
    }))
  }

  return {
    async click() {
      const element = find()
      const to = attributeOf(element, "href")
      const kind = attributeOf(element, "data-phx-link")
      if (to !== null && kind === "patch") return view.patch(to)
      const replace = attributeOf(element, "data-phx-link-state") === "replace"
      if (to !== null && kind === "redirect") return view.navigate(to, replace)
      const commands = commandsOf(element, "phx-click", selector)
      await run(commands, ({ event, value }) => ({
        ...{ type: "click", event },
        value: { ...clickValue(element), ...(value as object) }, // an object, as JS.push takes it
      }))
    },
    submit: async (values = {}) => sendForm("phx-submit", values, false),
    change: async (values) => sendForm("phx-change", values, true),
    text: () => textOf(find()),
    attribute: (name) => attributeOf(find(), name),
  }
}

const phxValues = (form: DomElement): object =>
  Object.fromEntries(
    Object.entries(form.attribs)
      .filter(([name]) => name.startsWith("phx-value-"))
      .map(([name, value]) => [name.slice("phx-value-".length), value]),
  )

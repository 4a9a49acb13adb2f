import { attributeOf, componentAround, type DomElement, formOf, oneOf, textOf } from "./dom.ts"
import { TestViewError } from "./errors.ts"
import { type FormInput, filled, type Pairs, pairsOf, withUnused } from "./form.ts"
import type { TestFile, TestUpload } from "./test-upload.ts"
import type { TestUploads } from "./test-uploads.ts"

/** What an element does to its view. */
export interface ElementView {
  readonly markup: string
  /** The fields that somebody has filled in before: the others are marked as unused. */
  readonly used: Set<string>
  readonly uploads: TestUploads
  /** What was filled in last, by the id of its form: a page that comes back sends it again. */
  readonly filledIn: Map<string, FormInput>
  send(event: object): Promise<void>
  patch(to: string): Promise<void>
  navigate(to: string, replace: boolean): Promise<void>
}

/** An element of a page, found anew at each use. */
export interface TestElement {
  /** Clicks it: what `phx-click` says, a live link, or a button that submits its form. */
  click(): Promise<void>
  /** Fills in a form and submits it: `phx-submit`. */
  submit(values?: FormInput): Promise<void>
  /** Fills in a form, or one field of it, and stays: `phx-change`. The last field given is the one that changed. */
  change(values: FormInput): Promise<void>
  /** Chooses files in an input of `liveFileInput`. With `autoUpload` they can be sent at once, otherwise their form sends them. */
  choose(...files: readonly TestFile[]): Promise<readonly TestUpload[]>
  /** What can be read of it. */
  text(): string
  attribute(name: string): string | null
}

/** A form that is sent again when its page comes back. */
export interface RecoverableElement extends TestElement {
  recover(values: FormInput): Promise<void>
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

const phxValues = ({ attribs }: DomElement): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(attribs)
      .filter(([name]) => name.startsWith("phx-value-"))
      .map(([name, value]) => [name.slice("phx-value-".length), value]),
  )

/** What the client sends along with an element's event. */
function clickValue(element: DomElement): Record<string, unknown> {
  const own = attributeOf(element, "value") ?? (element.name === "button" ? "" : null)
  return { ...phxValues(element), ...(own !== null && { value: own }) }
}

/** The form that a click on the element submits. */
function submitted(element: DomElement): DomElement | null {
  const type = attributeOf(element, "type") ?? (element.name === "button" ? "submit" : "")
  const clicks = attributeOf(element, "phx-click") !== null
  return type === "submit" && !clicks ? formOf(element) : null
}

export function testElement(view: ElementView, selector: string): RecoverableElement {
  const find = () => oneOf(view.markup, selector)

  async function run(
    element: DomElement,
    commands: readonly Command[],
    push: (args: Command[1]) => object,
  ) {
    for (const [name, args] of commands) {
      const href = String(args["href"])
      if (name === "push") await view.send({ ...push(args), ...target(element, args["target"]) })
      else if (name === "patch") await view.patch(href)
      else if (name === "navigate") await view.navigate(href, args["replace"] === true)
    }
  }

  /** The live component that gets the event: by its number, or the one around what a selector means. */
  function target(element: DomElement, given: unknown): { readonly cid?: number } {
    const target = given ?? attributeOf(element, "phx-target")
    if (target === null) return {}
    const cid = /^\d+$/.test(String(target))
      ? String(target)
      : componentAround(oneOf(view.markup, String(target)))
    return cid === null ? {} : { cid: Number(cid) }
  }

  function send(
    form: DomElement,
    attribute: string,
    pairs: Pairs,
    meta: object,
    uploads?: object,
  ): Promise<void> {
    const value = new URLSearchParams(pairs.map(([name, text]): [string, string] => [name, text]))
    return run(form, commandsOf(form, attribute, selector), ({ event, value: more }) => ({
      ...{ type: "form", event, value: value.toString() },
      meta: { ...phxValues(form), ...meta, ...(more as object) }, // an object, as JS.push takes it
      uploads,
    }))
  }

  /** @param find The form as it is now: files are sent before it is. */
  async function submit(find: () => DomElement, given: Pairs, submitter: Pairs): Promise<void> {
    const pairs = filled(find(), given)
    for (const [name] of pairs) view.used.add(name)
    await view.uploads.send(find, target(find(), null))
    await send(find(), "phx-submit", [...pairs, ...submitter], {})
  }

  async function choose(files: readonly TestFile[]): Promise<readonly TestUpload[]> {
    const formOfInput = () => formOf(find()) ?? find()
    const targeted = target(formOfInput(), null)
    const { chosen, uploads } = view.uploads.choose(find(), files, targeted)
    const name = attributeOf(find(), "name") ?? ""
    const pairs = withUnused(formOfInput(), filled(formOfInput(), []), view.used)
    await send(formOfInput(), "phx-change", pairs, { _target: name }, uploads)
    if (attributeOf(find(), "data-phx-auto-upload") !== null) {
      await view.uploads.preflight(find(), targeted)
    }
    return chosen
  }

  return {
    async click() {
      const element = find()
      const to = attributeOf(element, "href")
      const kind = attributeOf(element, "data-phx-link")
      if (to !== null && kind === "patch") return view.patch(to)
      const replace = attributeOf(element, "data-phx-link-state") === "replace"
      if (to !== null && kind === "redirect") return view.navigate(to, replace)
      if (submitted(element)) {
        return submit(() => submitted(find()) ?? find(), [], ownPair(element))
      }
      const commands = commandsOf(element, "phx-click", selector)
      await run(element, commands, ({ event, value }) => ({
        ...{ type: "click", event },
        value: { ...clickValue(element), ...(value as object) }, // an object, as JS.push takes it
      }))
    },
    submit: async (values = {}) => submit(find, pairsOf(values), []),
    choose: (...files) => choose(files),
    async change(values) {
      const form = find()
      const given = pairsOf(values)
      for (const [name] of given) view.used.add(name)
      const pairs = withUnused(form, filled(form, given), view.used)
      const id = attributeOf(form, "id")
      if (id !== null) view.filledIn.set(id, { ...view.filledIn.get(id), ...values })
      await send(form, "phx-change", pairs, { _target: given.at(-1)?.[0] ?? "undefined" })
    },
    async recover(values) {
      const form = find()
      const recovers = attributeOf(form, "phx-auto-recover")
      if (recovers === "ignore") return
      const given = pairsOf(values)
      const pairs = withUnused(form, filled(form, given), view.used)
      await send(form, recovers === null ? "phx-change" : "phx-auto-recover", pairs, {
        _target: given.at(-1)?.[0] ?? "undefined",
      })
    },
    text: () => textOf(find()),
    attribute: (name) => attributeOf(find(), name),
  }
}

/** A submit button sends its name and value along. */
function ownPair(button: DomElement): Pairs {
  const name = attributeOf(button, "name")
  return name === null ? [] : [[name, attributeOf(button, "value") ?? ""]]
}

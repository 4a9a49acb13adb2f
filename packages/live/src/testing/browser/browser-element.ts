import type { Locator } from "playwright"
import { attributeOf, oneOf, textOf } from "../dom.ts"
import { TestViewError } from "../errors.ts"
import { type FormInput, pairsOf } from "../form.ts"
import type { TestElement } from "../test-element.ts"

/** The view of an element. */
interface ReadView {
  html(): string
  settled(): Promise<void>
}

/** An element of a page in a browser. What can be read of it is from when the last action had ended. */
export function browserElement(at: Locator, selector: string, view: ReadView): TestElement {
  async function fill(values: FormInput): Promise<void> {
    for (const [name, value] of pairsOf(values)) {
      const inside = at.locator(`[name=${JSON.stringify(name)}]:not([type=hidden])`)
      const field = (await inside.count()) > 0 ? inside.last() : at
      await fillField(field, value)
    }
  }
  return {
    async click() {
      await at.click()
      await view.settled()
    },
    async change(values) {
      await fill(values)
      await view.settled()
    },
    async submit(values = {}) {
      await fill(values)
      // it runs in the page, where the element asked for is a form; this program has no types of a page
      await at.evaluate((form) => (form as unknown as { requestSubmit(): void }).requestSubmit())
      await view.settled()
    },
    async choose(...files) {
      await at.setInputFiles(
        files.map(({ name, content, type = "" }) => ({
          ...{ name, mimeType: type, buffer: Buffer.from(content) },
        })),
      )
      await view.settled()
      // a browser sends them by itself
      return files.map((_, i) => ({
        ref: String(i),
        meta: null,
        send: () => view.settled(),
        fail: () => unsupported("a browser sends files by itself"),
        stop: () => unsupported("a browser sends files by itself"),
      }))
    },
    text: () => textOf(oneOf(view.html(), selector)),
    attribute: (name) => attributeOf(oneOf(view.html(), selector), name),
  }
}

async function fillField(field: Locator, value: string): Promise<void> {
  const kind = await field.evaluate((element) => {
    // in the page, where every element has a tag's name, and those that are filled have a type
    const { tagName, type } = element as unknown as { tagName: string; type?: string }
    return tagName === "SELECT" ? "select" : (type ?? "")
  })
  if (kind === "select") await field.selectOption(value)
  else if (kind === "checkbox" || kind === "radio") await field.setChecked(value !== "false")
  else await field.fill(value)
}

async function unsupported(what: string): Promise<never> {
  throw new TestViewError(what, { hint: "Test this in process." })
}

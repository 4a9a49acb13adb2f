import { type Html, html, raw } from "@bennu/html"
import { type ClientHook, hookSource } from "./client-hook.ts"
import type { ClientStyle } from "./client-style.ts"
import { DefinitionError } from "./errors.ts"
import { heldBy } from "./route/holding.ts"

/**
 * The hooks of all views that a router shows, and of what these hold.
 * @throws {DefinitionError} when two of them have one name.
 */
export function clientHooks(router: { readonly routes: readonly object[] }): readonly ClientHook[] {
  const hooks = new Map<string, ClientHook>()
  for (const hook of heldBy(router).flatMap(({ definition }) => definition.hooks ?? [])) {
    const known = hooks.get(hook.name)
    if (known && hookSource(known) !== hookSource(hook)) {
      const hint = "Rename one of them: the page knows hooks by their names."
      throw new DefinitionError(`two hooks are called "${hook.name}"`, { hint })
    }
    hooks.set(hook.name, hook)
  }
  return [...hooks.values()]
}

/** The styles of all views that a router shows, and of what these hold. */
export const clientStyles = (router: {
  readonly routes: readonly object[]
}): readonly ClientStyle[] => heldBy(router).flatMap(({ definition }) => definition.styles ?? [])

/**
 * A JavaScript module with the hooks, for the bundler of the page: write it to a file, and give its `hooks` to the LiveSocket.
 * @example await writeFile("app/hooks.js", hooksModule(clientHooks(router)))
 */
export function hooksModule(hooks: readonly ClientHook[]): string {
  const members = hooks.map((hook) => `  ${JSON.stringify(hook.name)}: ${hookSource(hook)},\n`)
  return `export const hooks = {\n${members.join("")}}\n`
}

/**
 * The hooks as scripts in the page itself, for pages without a bundler: put them into the root layout's head.
 * @param options `nonce`, the page's own, under a Content-Security-Policy that asks for one.
 * @throws {DefinitionError} for a hook whose source would end its script.
 */
export function runtimeHooks(
  hooks: readonly ClientHook[],
  { nonce }: { readonly nonce?: string | undefined } = {},
): Html {
  return html`${hooks.map((hook) => runtimeHook(hook, nonce))}`
}

function runtimeHook(hook: ClientHook, nonce: string | undefined): Html {
  const { name } = hook
  const code = `window[${JSON.stringify(`phx_hook_${name}`)}] = function() { return ${hookSource(hook)} }`
  const lower = code.toLowerCase()
  if (lower.includes("</script") || lower.includes("<!--")) {
    throw new DefinitionError(`the hook "${name}" has text in it that ends a script`, {
      hint: 'Take it apart: "<" + "/script".',
    })
  }
  const open = String(html`<i data-phx-runtime-hook="${name}" nonce="${nonce ?? null}"></i>`)
  return raw(`<script${open.slice("<i".length, -"></i>".length)}>${code}</script>`)
}

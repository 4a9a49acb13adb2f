import { type Html, html, raw } from "@bennu/html"
import { type ClientHook, hookSource } from "./client-hook.ts"
import { DefinitionError } from "./errors.ts"
import { liveRouteOf } from "./route/live-route.ts"
import type { DefinedView } from "./view/defined-view.ts"

/**
 * The hooks of all views that a router shows, and of what these hold.
 * @throws {DefinitionError} when two of them have one name.
 */
export function clientHooks({
  routes,
}: {
  readonly routes: readonly object[]
}): readonly ClientHook[] {
  const hooks = new Map<string, ClientHook>()
  const seen = new Set<DefinedView>()
  function add(all: readonly ClientHook[]): void {
    for (const hook of all) {
      const known = hooks.get(hook.name)
      if (known && hookSource(known) !== hookSource(hook)) {
        const hint = "Rename one of them: the page knows hooks by their names."
        throw new DefinitionError(`two hooks are called "${hook.name}"`, { hint })
      }
      hooks.set(hook.name, hook)
    }
  }
  function visit(view: DefinedView): void {
    if (seen.has(view)) return
    seen.add(view)
    add(view.definition.hooks ?? [])
    for (const { definition } of view.components) add(definition.hooks ?? [])
    for (const inner of view.views) visit(inner)
  }
  for (const route of routes) {
    const live = liveRouteOf(route)
    if (!live) continue
    visit(live.view)
    for (const view of live.session?.views ?? []) visit(view)
  }
  return [...hooks.values()]
}

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

import { readFileSync } from "node:fs"
import { registerHooks, stripTypeScriptTypes } from "node:module"
import { fileURLToPath } from "node:url"
import { compileJsx } from "./compile-jsx.ts"

/**
 * Lets Node.js import TSX: compiled to `html` templates, its types stripped. `node --import @bennu/html/jsx-register`
 * calls it; run with `--enable-source-maps` to see the lines of the source in stacks.
 * @returns What takes it back.
 */
export function registerJsx(): () => void {
  const hooks = registerHooks({
    load(url, context, next) {
      const [address = url] = url.split("?", 1)
      if (!address.startsWith("file:") || !address.endsWith(".tsx")) return next(url, context)
      const file = fileURLToPath(address)
      const code = readFileSync(file, "utf8")
      const compiled = compileJsx(file, code)
      const source = stripTypeScriptTypes(compiled?.code ?? code, { mode: "strip" })
      const map = compiled?.source.generateMap({
        source: address,
        includeContent: true,
        hires: true,
      })
      const mapped = map === undefined ? source : `${source}\n//# sourceMappingURL=${map.toUrl()}`
      return { format: "module", source: mapped, shortCircuit: true }
    },
  })
  return () => hooks.deregister()
}

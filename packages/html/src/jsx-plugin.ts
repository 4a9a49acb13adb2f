export { type CompiledJsx, compileJsx } from "./jsx/compile-jsx.ts"
export {
  bennuJsx,
  bennuJsxForEsbuild,
  type EsbuildPlugin,
  type JsxPluginOptions,
  type VitePlugin,
} from "./jsx/plugin.ts"
export { registerJsx } from "./jsx/register.ts"

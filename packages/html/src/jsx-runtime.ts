export type { Elements, GlobalAttributes } from "./jsx/attributes.ts"
export { type Component, Fragment, type JSX, jsx, jsxs } from "./jsx/runtime.ts"

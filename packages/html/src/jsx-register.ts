import { registerJsx } from "./jsx/register.ts"

registerJsx()

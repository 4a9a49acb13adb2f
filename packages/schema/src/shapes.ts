export { type Shapes, shapesOf } from "./shapes/shapes-of.ts"

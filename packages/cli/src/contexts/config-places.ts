import { readFileSync } from "node:fs"
import { type Expression, type ObjectProperty, type Program, parseSync } from "oxc-parser"
import { type Position, positionAt } from "./position.ts"

/**
 * Tells where in a configuration something is said, so that an error can point there.
 * @returns For the way to a value (`["contexts", "todos", "uses", "acounts"]`: keys, and at last perhaps one text of a
 * list) its place; what cannot be found, being computed, is the place of what is around it.
 */
export function configPlaces(file: string): (way: readonly string[]) => Position {
  const text = readFileSync(file, "utf8")
  const { program } = parseSync(file, text)
  const start = exported(program)
  return (way) => {
    let at = start?.start ?? 0
    let value = start
    for (const key of way) {
      const next: Found | null = value === null ? null : within(value, key)
      if (next === null) break
      at = next.start
      value = next.value
    }
    return positionAt(text, at)
  }
}

interface Found {
  readonly start: number
  readonly value: Expression | null
}

function exported({ body }: Program): Expression | null {
  for (const statement of body) {
    if (statement.type !== "ExportDefaultDeclaration") continue
    const { declaration } = statement
    const isExpression = !/Declaration$/.test(declaration.type)
    // what is exported by default and no declaration is an expression
    return isExpression ? plain(declaration as Expression) : null
  }
  return null
}

/** The object in `defineConfig({ … })`, `({ … }) satisfies BennuConfig` and the like. */
function plain(value: Expression): Expression {
  if (value.type === "TSAsExpression" || value.type === "TSSatisfiesExpression")
    return plain(value.expression)
  if (value.type === "ParenthesizedExpression") return plain(value.expression)
  const [first] = value.type === "CallExpression" ? value.arguments : []
  return first === undefined || first.type === "SpreadElement" ? value : plain(first)
}

function within(value: Expression, key: string): Found | null {
  if (value.type === "ObjectExpression") {
    const property = value.properties.find(
      (each): each is ObjectProperty => each.type === "Property" && nameOf(each) === key,
    )
    return property === undefined ? null : { start: property.start, value: plain(property.value) }
  }
  if (value.type === "ArrayExpression") {
    const item = value.elements.find((each) => each?.type === "Literal" && each.value === key)
    return item ? { start: item.start, value: null } : null
  }
  return null
}

function nameOf({ key }: ObjectProperty): string | null {
  if (key.type === "Identifier") return key.name
  return key.type === "Literal" ? String(key.value) : null
}

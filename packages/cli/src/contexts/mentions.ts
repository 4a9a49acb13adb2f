import type { BindingPattern, Node, ParamPattern, Program, Statement } from "oxc-parser"
import { pathOf } from "./paths.ts"
import { childrenOf } from "./syntax.ts"

/** A place where a value is named: `readers`, or `Readers.Reader.table`. */
export interface Mention {
  readonly path: readonly string[]
  readonly start: number
}

/** Expressions that carry a type beside a value. */
const CARRIERS: ReadonlySet<string> = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
  "TSExportAssignment",
  "TSEnumDeclaration",
  "TSEnumBody",
  "TSEnumMember",
  "TSModuleDeclaration",
  "TSModuleBlock",
  "TSParameterProperty",
])

/**
 * Every place where a module uses one of these names as a value: not in types, not where a parameter or a variable of
 * the same name stands in between, and not to declare a foreign key, which is no query.
 */
export function mentionsOf(program: Program, names: ReadonlySet<string>): Mention[] {
  const found: Mention[] = []
  function visit(node: Node, hidden: Names): void {
    const path = pathOf(node)
    if (path === null) {
      const inside = hiding(hidden, boundBy(node))
      for (const child of valuesIn(node)) visit(child, inside)
      return
    }
    const [root = ""] = path
    if (names.has(root) && !hidden.has(root)) found.push({ path, start: node.start })
  }
  visit(program, new Set())
  return found
}

type Names = ReadonlySet<string>

const hiding = (hidden: Names, names: readonly string[]): Names =>
  names.length === 0 ? hidden : new Set([...hidden, ...names])

/** The nodes below one that stand for values. */
function valuesIn(node: Node): readonly Node[] {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "BreakStatement":
    case "ContinueStatement":
    case "MetaProperty":
      return []
    case "ExportNamedDeclaration":
      return present(node.declaration)
    case "MemberExpression":
      return present(node.object, node.computed ? node.property : null)
    case "Property":
    case "PropertyDefinition":
    case "AccessorProperty":
    case "MethodDefinition":
      return present(node.computed ? node.key : null, node.value)
    case "LabeledStatement":
      return [node.body]
    case "CallExpression":
      return isForeignKey(node.callee) ? [node.callee] : [node.callee, ...node.arguments]
    case "VariableDeclarator":
      return present(...defaultsIn(node.id), node.init)
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return present(...node.params.flatMap(defaultsIn), node.body)
    case "CatchClause":
      return [node.body]
    default:
      return node.type.startsWith("TS") && !CARRIERS.has(node.type) ? [] : childrenOf(node)
  }
}

const present = (...nodes: readonly (Node | null | undefined)[]): Node[] =>
  nodes.filter((node) => node !== null && node !== undefined)

/** The names that a node gives to what is inside of it. */
function boundBy(node: Node): string[] {
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return [...node.params.flatMap(namesIn), ...(node.id ? [node.id.name] : [])]
    case "CatchClause":
      return node.param ? namesIn(node.param) : []
    case "ForStatement":
      return node.init?.type === "VariableDeclaration" ? declaredBy(node.init) : []
    case "ForInStatement":
    case "ForOfStatement":
      return node.left.type === "VariableDeclaration" ? declaredBy(node.left) : []
    case "BlockStatement":
    case "StaticBlock":
      return node.body.flatMap(declaredBy)
    case "SwitchStatement":
      return node.cases.flatMap(({ consequent }) => consequent.flatMap(declaredBy))
    default:
      return []
  }
}

/** `.references(() => users.id)` and `foreignKey({ foreignColumns: [users.id], … })`. */
function isForeignKey(callee: Node): boolean {
  if (callee.type === "Identifier") return callee.name === "foreignKey"
  if (callee.type !== "MemberExpression" || callee.computed) return false
  return callee.property.type === "Identifier" && callee.property.name === "references"
}

/** The names that a statement gives to the block around it. */
function declaredBy(statement: Statement): string[] {
  if (statement.type === "VariableDeclaration")
    return statement.declarations.flatMap(({ id }) => namesIn(id))
  if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration")
    return statement.id ? [statement.id.name] : []
  return []
}

type Pattern = BindingPattern | ParamPattern

/** The names that a pattern binds. */
function namesIn(pattern: Pattern): string[] {
  return partsOf(pattern).flatMap((part) =>
    part.type === "Identifier" ? [part.name] : namesIn(part),
  )
}

/** What stands in a pattern as a value: defaults, and keys that are computed. */
function defaultsIn(pattern: Pattern): Node[] {
  const own: Node[] = pattern.type === "AssignmentPattern" ? [pattern.right] : []
  if (pattern.type === "ObjectPattern")
    for (const property of pattern.properties)
      if (property.type === "Property" && property.computed) own.push(property.key)
  const inside = partsOf(pattern).filter((part) => part.type !== "Identifier")
  return [...own, ...inside.flatMap(defaultsIn)]
}

/** What a pattern is made of; of a name, itself. */
function partsOf(pattern: Pattern): Pattern[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern]
    case "AssignmentPattern":
      return [pattern.left]
    case "RestElement":
      return [pattern.argument]
    case "ObjectPattern":
      return pattern.properties.map((each) =>
        each.type === "Property" ? each.value : each.argument,
      )
    case "ArrayPattern":
      return pattern.elements.filter((each) => each !== null)
    case "TSParameterProperty":
      return [pattern.parameter]
  }
}

import { parseSync } from "oxc-parser"
import { describe, expect, it } from "vitest"
import { manifests, sources } from "./workspace.ts"

// What is compared sign by sign tells by its time how much of it was right. Tokens and their like are compared by
// `constantTimeEqual` of @bennu/core/crypto; that nobody forgets it is read in the syntax of all sources.

const SECRET = /token|secret|signature|hmac|digest|password|csrf/i

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}
const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && "start" in value

function* nodesIn(node: Node): Generator<Node> {
  yield node
  for (const value of Object.values(node)) {
    for (const each of Array.isArray(value) ? value : [value])
      if (isNode(each)) yield* nodesIn(each)
  }
}

/** What a value is called: `token` of `token`, `claim.token`, `claim["token"]`, `token()`. */
function nameOf(node: unknown): string {
  if (!isNode(node)) return ""
  if (node.type === "Identifier" || node.type === "PrivateIdentifier") return String(node["name"])
  if (node.type === "Literal") return String(node["value"])
  return nameOf(node["property"] ?? node["callee"] ?? node["expression"])
}

/** `undefined`, `null`, numbers, words and `typeof` say nothing that is secret. */
const isPlain = (node: unknown): boolean =>
  isNode(node) &&
  (["Literal", "UnaryExpression"].includes(node.type) || nameOf(node) === "undefined")

/** The comparisons of secrets in a module that could be timed. */
function timeable(file: string, code: string): string[] {
  // proof: the parser gives nodes of ESTree, and each is looked at before it is used
  const program = parseSync(file, code).program as unknown as Node
  return [...nodesIn(program)]
    .filter(({ type, operator, left, right }) => {
      if (type !== "BinaryExpression" || !/^[!=]==?$/.test(String(operator))) return false
      if (isPlain(left) || isPlain(right)) return false
      return SECRET.test(nameOf(left)) || SECRET.test(nameOf(right))
    })
    .map(({ start, end }) => `${file}: ${code.slice(start, end)}`)
}

describe("a secret", () => {
  it.each([
    "given === secret",
    "claim.token !== sent",
    'row["password"] == given',
    "given === this.#secret",
    "given === digestOf(it)",
    "given === csrfToken!",
  ])("is found where it is compared sign by sign: %s", (code) => {
    expect(timeable("a.ts", `if (${code}) pass()`)).toEqual([`a.ts: ${code}`])
  })

  it.each(["token === undefined", 'typeof secret === "string"', "digest.length === 32", "a === b"])(
    "is not seen where none is: %s",
    (code) => {
      expect(timeable("a.ts", `if (${code}) pass()`)).toEqual([])
    },
  )

  it.each([...manifests.keys()])("is compared in constant time in %s", (name) => {
    const files = [...sources(name)].filter(([path]) => !/\.test(-d)?\.ts$/.test(path))
    expect(files.flatMap(([path, code]) => timeable(path, code))).toEqual([])
  })
})

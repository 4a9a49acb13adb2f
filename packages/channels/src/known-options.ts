import { parseOptions, type StandardSchemaV1 } from "@bennu/core"

/**
 * Finds mistyped options.
 * @throws {OptionsError} for a key that is not among the known ones, with the one that was probably meant.
 */
export function demandKnown(name: string, known: readonly string[], options: object): void {
  const schema: StandardSchemaV1<unknown, object> & { readonly shape: object } = {
    // What parseOptions asks a schema for when it looks for the key that was meant
    shape: Object.fromEntries(known.map((key) => [key, true])),
    "~standard": {
      version: 1,
      vendor: "bennu",
      validate() {
        const unknown = Object.keys(options).filter((key) => !known.includes(key))
        if (unknown.length === 0) return { value: options }
        return { issues: unknown.map((key) => ({ message: "is not an option", path: [key] })) }
      },
    },
  }
  parseOptions(name, schema, options)
}

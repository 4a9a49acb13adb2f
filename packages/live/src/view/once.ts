import { type Awaitable, type Issue, pathOf, type StandardSchemaV1, validate } from "@bennu/core"
import { DefinitionError } from "../errors.ts"

/** What the mount for a page's first answer has loaded, by name. */
export type Handed = ReadonlyMap<string, unknown>

/** How a mount comes by what is loaded once. */
export interface Once {
  /** From the first answer's mount; missing where nothing was handed over. */
  readonly handed?: Handed | null | undefined
  /** Hands over to the next one; missing where there is none. */
  readonly hand?: ((name: string, value: unknown) => void) | undefined
}

/** What was handed over under this name, if it still fits, or what is loaded now: as JSON brings it, either way. */
export async function loadedOnce<T>(
  { handed, hand }: Once,
  name: string,
  schema: StandardSchemaV1<unknown, T>,
  load: () => Awaitable<unknown>,
): Promise<T> {
  if (handed?.has(name)) {
    const known = await validate(schema, handed.get(name))
    if (known.ok) return known.value
  }
  const json: unknown = JSON.stringify(await load())
  const value: unknown = typeof json === "string" ? JSON.parse(json) : undefined
  const loaded = await validate(schema, value)
  if (!loaded.ok) throw unfit(name, loaded.error)
  hand?.(name, value)
  return loaded.value
}

function unfit(name: string, issues: readonly Issue[]): DefinitionError {
  const said = issues.map((issue) => `${pathOf(issue).join(".") || "it"}: ${issue.message}`)
  return new DefinitionError(`once("${name}") loaded what its schema refuses: ${said.join("; ")}`, {
    hint: "The schema gets what JSON makes of it: take a date with z.coerce.date().",
  })
}

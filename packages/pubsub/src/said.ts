import { type StandardSchemaV1, validate } from "@bennu/core"
import { AsyncSchemaError, MessageError } from "./errors.ts"
import { messageRefused } from "./telemetry.ts"

/** Checks a value by a topic's schema, at once. */
export function checked<M>(topic: string, schema: StandardSchemaV1<unknown, M>, value: unknown): M {
  const result = validate(schema, value)
  if (result instanceof Promise) {
    // Nobody will read it; a rejection must not go unhandled
    result.catch(() => {})
    throw new AsyncSchemaError(topic)
  }
  if (!result.ok) throw new MessageError(topic, result.error)
  return result.value
}

/** A message on its way to the listeners of this node. */
export interface Said {
  /** The message, or null when it does not have the shape that this listener's topic declares. */
  as<M>(schema: StandardSchemaV1<unknown, M>): { readonly message: M } | null
}

/** What was said on this node and is already checked. */
export const saidHere = (message: unknown): Said => ({
  // The topic that was broadcast to and the one listened to have one name, so they carry one type of
  // message: that is what a topic is. Its schema has made this value.
  as: <M>() => ({ message: message as M }),
})

/** What another node said: checked once for each schema that listeners here have. */
export function saidElsewhere(topic: string, json: string): Said {
  const read = new Map<StandardSchemaV1<unknown, unknown>, { readonly message: unknown } | null>()
  return {
    as<M>(schema: StandardSchemaV1<unknown, M>) {
      let found = read.get(schema)
      if (found === undefined) {
        try {
          found = { message: checked(topic, schema, fromWire(json)) }
        } catch (error) {
          found = null
          messageRefused.emit(() => ({ topic, error }))
        }
        read.set(schema, found)
      }
      // What is kept under a schema is what that very schema returned
      return found as { readonly message: M } | null
    },
  }
}

// JSON has no undefined, and an empty text is no JSON: so a topic may have messages that say nothing
export const toWire = (message: unknown): string => JSON.stringify(message) ?? ""
const fromWire = (text: string): unknown => (text === "" ? undefined : JSON.parse(text))

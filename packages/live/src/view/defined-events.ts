import type { Awaitable, StandardSchemaV1 } from "@bennu/core"
import { DefinitionError } from "../errors.ts"
import type { AnySocket } from "./defined-view.ts"

/** One event of a view: what it brings, who may send it, what happens then. */
export interface DefinedEvent {
  readonly name: string
  /** Nothing is brought where there is none. */
  readonly schema: StandardSchemaV1 | null
  readonly authorize: (scope: unknown, payload: unknown) => unknown
  readonly handle: (socket: AnySocket, payload: unknown) => Awaitable<unknown>
}

interface LongForm {
  readonly payload?: StandardSchemaV1
  readonly authorize?: DefinedEvent["authorize"]
  readonly public?: boolean
}

const isSchema = (value: object): value is StandardSchemaV1 => "~standard" in value
const anyone = () => true

function definedEvent(name: string, declared: object, handle: unknown): DefinedEvent {
  if (typeof handle !== "function") {
    const hint = `Add handleEvent: { ${name}: (socket) => … }, or take the event out of events.`
    throw new DefinitionError(`the event "${name}" has no handler`, { hint })
  }
  // EventOf's other forms
  const long = isSchema(declared) ? { payload: declared, public: true } : (declared as LongForm)
  const { payload, authorize } = long
  if (payload && !authorize && long.public !== true) {
    throw new DefinitionError(`the event "${name}" does not say who may send it`, {
      hint: "Give it authorize: (scope, payload) => …, or public: true.",
    })
  }
  return {
    name,
    schema: payload ?? null,
    authorize: authorize ?? anyone,
    handle: handle as DefinedEvent["handle"], // a function of (socket, payload), by EventHandlers
  }
}

/** The events of a view or a component, by the name that the page sends: a Map, since that name comes from outside. */
export function definedEvents(definition: {
  readonly events?: Readonly<Record<string, object>>
  readonly handleEvent?: Readonly<Record<string, unknown>>
}): ReadonlyMap<string, DefinedEvent> {
  const { events = {}, handleEvent = {} } = definition
  for (const name of Object.keys(handleEvent)) {
    if (Object.hasOwn(events, name)) continue
    const hint = `Declare it: events: { ${name}: … }.`
    throw new DefinitionError(`handleEvent has "${name}", which is no event`, { hint })
  }
  const all = Object.entries(events)
  return new Map(
    all.map(([name, declared]) => [name, definedEvent(name, declared, handleEvent[name])]),
  )
}

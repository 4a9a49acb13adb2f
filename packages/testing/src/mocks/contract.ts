import type { Awaitable, StandardSchemaV1 } from "@bennu/core"

/** What a service can be asked for, with the schemas of the question and of its answer: zod's, or any Standard Schema. */
export interface Operation {
  readonly input: StandardSchemaV1<unknown, unknown>
  readonly output: StandardSchemaV1<unknown, unknown>
}

/** What a service promises, by the names of its operations. */
export type Contract = Readonly<Record<string, Operation>>

type Types<S> = S extends { readonly "~standard": { readonly types?: infer T } }
  ? NonNullable<T>
  : never
/** What a schema takes. */
type Taken<S> = Types<S> extends { readonly input: infer I } ? I : unknown
/** What a schema gives. */
type Given<S> = Types<S> extends { readonly output: infer O } ? O : unknown

/** The service of a contract, as those see it who use it. */
export type ServiceOf<C extends Contract> = {
  readonly [K in keyof C]: (input: Taken<C[K]["input"]>) => Promise<Given<C[K]["output"]>>
}

/** What answers in its place: it is given what the schema of the input makes of the question. */
export type Answers<C extends Contract> = {
  readonly [K in keyof C]?:
    | ((input: Given<C[K]["input"]>) => Awaitable<Taken<C[K]["output"]>>)
    | undefined
}

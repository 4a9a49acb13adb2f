/** A schema as JSON Schema 2020-12, which is what OpenAPI 3.1 speaks. */
export type JsonSchema = { readonly [key: string]: unknown }

/** Where an API is to be had. */
export interface Server {
  readonly url: string
  readonly description?: string | undefined
  readonly variables?:
    | Readonly<Record<string, { readonly default: string; readonly description?: string }>>
    | undefined
}

export interface Info {
  readonly title: string
  readonly version: string
  readonly summary?: string | undefined
  /** CommonMark. */
  readonly description?: string | undefined
}

export interface Parameter {
  readonly name: string
  readonly in: "path" | "query" | "header" | "cookie"
  readonly required?: boolean
  readonly description?: string
  readonly style?: "deepObject" | "form"
  readonly explode?: boolean
  readonly schema: JsonSchema
}

export type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>

export interface ResponseObject {
  readonly description: string
  readonly content?: Content
}

export interface Operation {
  readonly operationId: string
  readonly summary?: string | undefined
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly deprecated?: boolean | undefined
  readonly servers?: readonly Server[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required: true; readonly content: Content }
  readonly responses: Readonly<Record<string, ResponseObject>>
}

export type Method = "get" | "head" | "post" | "put" | "patch" | "delete" | "options"

/** An OpenAPI 3.1 document: plain data, to be added to by whoever knows more, such as how to sign in. */
export interface OpenApiDocument {
  readonly openapi: "3.1.1"
  readonly info: Info
  readonly servers?: readonly Server[]
  readonly paths: Readonly<Record<string, { readonly [method in Method]?: Operation }>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

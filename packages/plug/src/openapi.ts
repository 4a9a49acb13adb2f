export { type OpenApiOptions, openapi } from "./openapi/document.ts"
export { openapiHandler } from "./openapi/handler.ts"
export type { Direction, ToJsonSchema } from "./openapi/schemas.ts"
export type {
  Content,
  Info,
  JsonSchema,
  Method,
  OpenApiDocument,
  Operation,
  Parameter,
  ResponseObject,
  Server,
} from "./openapi/types.ts"

export { type BodyLimits, bodyOf, type ParsedBody, readBody } from "./parsers/body.ts"
export { decodeForm, type FormLimits, type FormValue, type FormValues } from "./parsers/form.ts"
export { type JsonLimits, parseJson } from "./parsers/json.ts"
export { type MediaType, parseMediaType } from "./parsers/media-type.ts"
export {
  type MultipartForm,
  type MultipartLimits,
  type MultipartRequest,
  type MultipartValue,
  type MultipartValues,
  readMultipart,
} from "./parsers/multipart.ts"
export { Upload } from "./parsers/upload.ts"

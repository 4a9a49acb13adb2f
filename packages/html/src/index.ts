export { type Attrs, type AttrValue, type AttrValues, attrs } from "./attrs.ts"
export { type ClassName, classes } from "./classes.ts"
export { each, type Key, type Keyed, keyed } from "./each.ts"
export {
  AttributeNameError,
  DuplicateKeyError,
  HoleError,
  type Location,
  TemplateError,
} from "./errors.ts"
export { type FormOptions, form, hidden, type Method } from "./form.ts"
export { type Hole, type Renderable, type Resolve, rendered } from "./hole.ts"
export { html } from "./html.ts"
export { type JsonScriptOptions, jsonScript } from "./json-script.ts"
export { type LinkOptions, link } from "./link.ts"
export { Html, isHtml, printed as toString } from "./markup.ts"
export { type Option, type OptionGroup, options } from "./options.ts"
export { raw } from "./raw.ts"
export { type RawSite, rawSites } from "./raw-sites.ts"
export type { Slot } from "./slot.ts"
export { type Story, story } from "./story.ts"

import type { AttrValue } from "../attrs.ts"
import type { Hole, Renderable } from "../hole.ts"
import type { Html } from "../markup.ts"

/** A text or number; `false` and `null` leave the attribute out, `true` writes it bare. */
type Value = AttrValue
/** There or not. */
type Flag = boolean | null | undefined | Renderable
/** One of some words. */
type Word<T extends string> = T | false | null | undefined | Renderable

export interface Children {
  readonly children?: Hole | undefined
}
/** Elements without content. */
interface NoChildren {
  readonly children?: undefined
}

type Named = { readonly [name in `data-${string}` | `aria-${string}` | `phx-${string}`]?: Value }

/** Attributes of every element: HTML Standard §3.2.6, and ARIA's role. */
export interface GlobalAttributes extends Named {
  readonly accesskey?: Value
  readonly autocapitalize?: Word<"off" | "none" | "on" | "sentences" | "words" | "characters">
  readonly autofocus?: Flag
  readonly class?: Value
  readonly contenteditable?: Word<"true" | "false" | "plaintext-only">
  readonly dir?: Word<"ltr" | "rtl" | "auto">
  readonly draggable?: Word<"true" | "false">
  readonly enterkeyhint?: Word<"enter" | "done" | "go" | "next" | "previous" | "search" | "send">
  readonly hidden?: Flag | "until-found"
  readonly id?: Value
  readonly inert?: Flag
  readonly inputmode?: Word<
    "none" | "text" | "tel" | "url" | "email" | "numeric" | "decimal" | "search"
  >
  readonly is?: Value
  readonly itemid?: Value
  readonly itemprop?: Value
  readonly itemref?: Value
  readonly itemscope?: Flag
  readonly itemtype?: Value
  readonly lang?: Value
  readonly nonce?: Value
  readonly part?: Value
  readonly popover?: Flag | "auto" | "manual" | "hint"
  readonly role?: Value
  readonly slot?: Value
  readonly spellcheck?: Word<"true" | "false">
  readonly style?: Value
  readonly tabindex?: Value
  readonly title?: Value
  readonly translate?: Word<"yes" | "no">
}

type Values<Names extends string> = { readonly [name in Names]?: Value }
type Flags<Names extends string> = { readonly [name in Names]?: Flag }
type Own<Names extends string = never, Bare extends string = never> = GlobalAttributes &
  Children &
  Values<Names> &
  Flags<Bare>
type Void<Names extends string = never, Bare extends string = never> = GlobalAttributes &
  NoChildren &
  Values<Names> &
  Flags<Bare>

type Referrer = { readonly referrerpolicy?: Value }
type Cors = { readonly crossorigin?: Flag | "anonymous" | "use-credentials" }
type Loading = {
  readonly loading?: Word<"eager" | "lazy">
  readonly fetchpriority?: Word<"high" | "low" | "auto">
}
type Media = Cors &
  Own<"src" | "preload", "autoplay" | "controls" | "loop" | "muted"> & {
    readonly controlslist?: Value
  }
type Submits = Values<"formaction" | "formtarget"> &
  Flags<"formnovalidate"> & {
    readonly formmethod?: Word<"get" | "post" | "dialog">
    readonly formenctype?: Word<
      "application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain"
    >
  }
type InputType =
  | "button"
  | "checkbox"
  | "color"
  | "date"
  | "datetime-local"
  | "email"
  | "file"
  | "hidden"
  | "image"
  | "month"
  | "number"
  | "password"
  | "radio"
  | "range"
  | "reset"
  | "search"
  | "submit"
  | "tel"
  | "text"
  | "time"
  | "url"
  | "week"
type Cell = Own<"colspan" | "rowspan" | "headers">

/** Elements with attributes of their own: HTML Standard §4. */
interface OwnElements {
  a: Own<"href" | "target" | "download" | "ping" | "rel" | "hreflang" | "type"> & Referrer
  area: Void<"alt" | "coords" | "shape" | "href" | "target" | "download" | "ping" | "rel"> &
    Referrer
  audio: Media
  base: Void<"href" | "target">
  blockquote: Own<"cite">
  body: Own
  br: Void
  button: Own<"form" | "name" | "value" | "popovertarget" | "popovertargetaction", "disabled"> &
    Values<"command" | "commandfor"> &
    Submits & { readonly type?: Word<"submit" | "reset" | "button"> }
  canvas: Own<"width" | "height">
  col: Void<"span">
  colgroup: Own<"span">
  data: Own<"value">
  del: Own<"cite" | "datetime">
  details: Own<"name", "open">
  dialog: Own<"closedby", "open">
  embed: Void<"src" | "type" | "width" | "height">
  fieldset: Own<"form" | "name", "disabled">
  form: Own<"action" | "name" | "target" | "rel" | "accept-charset", "novalidate"> & {
    readonly autocomplete?: Word<"on" | "off">
    readonly method?: Word<"get" | "post" | "dialog">
    readonly enctype?: Submits["formenctype"]
  }
  hr: Void
  html: Own<"xmlns">
  iframe: Own<"src" | "name" | "allow" | "width" | "height", "allowfullscreen"> &
    Referrer &
    Loading & { readonly srcdoc?: Html | null | undefined; readonly sandbox?: Value }
  img: Void<"alt" | "src" | "srcset" | "sizes" | "usemap" | "width" | "height", "ismap"> &
    Cors &
    Referrer &
    Loading & { readonly decoding?: Word<"sync" | "async" | "auto"> }
  input: Void<
    | "accept"
    | "alt"
    | "autocomplete"
    | "capture"
    | "dirname"
    | "form"
    | "height"
    | "list"
    | "max"
    | "maxlength"
    | "min"
    | "minlength"
    | "name"
    | "pattern"
    | "placeholder"
    | "popovertarget"
    | "popovertargetaction"
    | "size"
    | "src"
    | "step"
    | "value"
    | "width",
    "checked" | "disabled" | "multiple" | "readonly" | "required"
  > &
    Submits & { readonly type?: Word<InputType> }
  ins: Own<"cite" | "datetime">
  label: Own<"for">
  li: Own<"value">
  link: Void<
    "href" | "rel" | "media" | "integrity" | "hreflang" | "type" | "sizes" | "imagesrcset",
    "disabled"
  > &
    Values<"imagesizes" | "as" | "blocking" | "color"> &
    Cors &
    Referrer &
    Loading
  map: Own<"name">
  meta: Void<"name" | "http-equiv" | "content" | "charset" | "media" | "property">
  meter: Own<"value" | "min" | "max" | "low" | "high" | "optimum">
  object: Own<"data" | "type" | "name" | "form" | "width" | "height">
  ol: Own<"start" | "type", "reversed">
  optgroup: Own<"label", "disabled">
  option: Own<"label" | "value", "disabled" | "selected">
  output: Own<"for" | "form" | "name">
  progress: Own<"value" | "max">
  q: Own<"cite">
  script: Own<"src" | "type" | "integrity" | "blocking", "async" | "defer" | "nomodule"> &
    Cors &
    Referrer &
    Loading
  select: Own<"autocomplete" | "form" | "name" | "size", "disabled" | "multiple" | "required">
  slot: Own<"name">
  source: Void<"type" | "media" | "src" | "srcset" | "sizes" | "width" | "height">
  style: Own<"media" | "blocking">
  td: Cell
  template: Own<
    "shadowrootmode",
    "shadowrootdelegatesfocus" | "shadowrootclonable" | "shadowrootserializable"
  >
  textarea: Own<
    | "autocomplete"
    | "cols"
    | "dirname"
    | "form"
    | "maxlength"
    | "minlength"
    | "name"
    | "placeholder"
    | "rows"
    | "wrap",
    "disabled" | "readonly" | "required"
  >
  th: Cell & Values<"abbr"> & { readonly scope?: Word<"row" | "col" | "rowgroup" | "colgroup"> }
  time: Own<"datetime">
  track: Void<"kind" | "src" | "srclang" | "label", "default">
  video: Media & Own<"poster" | "width" | "height", "playsinline" | "disablepictureinpicture">
  wbr: Void
}

type Plain =
  | "abbr"
  | "address"
  | "article"
  | "aside"
  | "b"
  | "bdi"
  | "bdo"
  | "caption"
  | "cite"
  | "code"
  | "datalist"
  | "dd"
  | "dfn"
  | "div"
  | "dl"
  | "dt"
  | "em"
  | "figcaption"
  | "figure"
  | "footer"
  | "h1"
  | "h2"
  | "h3"
  | "h4"
  | "h5"
  | "h6"
  | "head"
  | "header"
  | "hgroup"
  | "i"
  | "kbd"
  | "legend"
  | "main"
  | "mark"
  | "menu"
  | "nav"
  | "noscript"
  | "p"
  | "picture"
  | "pre"
  | "rp"
  | "rt"
  | "ruby"
  | "s"
  | "samp"
  | "search"
  | "section"
  | "small"
  | "span"
  | "strong"
  | "sub"
  | "summary"
  | "sup"
  | "table"
  | "tbody"
  | "tfoot"
  | "thead"
  | "title"
  | "tr"
  | "u"
  | "ul"
  | "var"
type Foreign =
  | "svg"
  | "animate"
  | "circle"
  | "clipPath"
  | "defs"
  | "desc"
  | "ellipse"
  | "filter"
  | "foreignObject"
  | "g"
  | "image"
  | "line"
  | "linearGradient"
  | "marker"
  | "mask"
  | "math"
  | "path"
  | "pattern"
  | "polygon"
  | "polyline"
  | "radialGradient"
  | "rect"
  | "stop"
  | "symbol"
  | "text"
  | "textPath"
  | "tspan"
  | "use"

/** Elements of SVG, MathML and one's own, whose attributes are not known. */
export interface OpenAttributes extends Children {
  readonly [name: string]: Hole
}

/** Every element and what its tag may say. */
export type Elements = OwnElements &
  Record<Plain, Own> &
  Record<Foreign, OpenAttributes> & { [name: `${string}-${string}`]: OpenAttributes }

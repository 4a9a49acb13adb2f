/** Where in a document a reader of the statics is. */
export type State =
  | "text"
  | "tag open"
  | "tag name"
  | "end tag"
  | "before name"
  | "name"
  | "after name"
  | "before value"
  | "double"
  | "single"
  | "unquoted"
  | "after value"
  | "after spread"
  | "declaration"
  | "comment"
  | "bogus"
  | "cdata"
  | "raw"
  | "plain"

/** The state in words. */
export function whereIs(state: State, closing: boolean, tag: string, attribute: string): string {
  switch (state) {
    case "tag open":
    case "tag name":
      return "the name of a tag"
    case "end tag":
      return "an end tag"
    case "before name":
    case "after name":
    case "after value":
    case "after spread":
      return closing ? "an end tag" : "a tag"
    case "name":
      return "the name of an attribute"
    case "before value":
    case "unquoted":
      return `the unquoted value of "${attribute}"`
    case "double":
    case "single":
      return `the value of "${attribute}"`
    case "raw":
    case "plain":
      return `<${tag}>`
    case "text":
      return "text"
    case "declaration":
    case "comment":
    case "bogus":
    case "cdata":
      return "a comment or declaration"
  }
}

/** What to do instead of having a hole there. */
export function adviceFor(state: State, tag: string): string {
  switch (state) {
    case "before value":
    case "unquoted":
      return `Put quotes around the value: name="\${value}".`
    case "raw":
      return tag === "script"
        ? "Hand data to scripts with jsonScript(id, value)."
        : tag === "style"
          ? "A hole stands for the value of a declaration there, between : and ;."
          : "Nothing can be escaped there."
    case "name":
      return `Names cannot come from holes; write name="\${value}", or attrs({ [name]: value }).`
    case "declaration":
    case "comment":
    case "bogus":
    case "cdata":
      return "Comments in the template's code are not sent to the browser: use those."
    default:
      return "Choose between two templates instead."
  }
}

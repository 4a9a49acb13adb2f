/** Elements without content: HTML Standard §13.1.2. */
export const voidElements: ReadonlySet<string> = new Set(
  "area base br col embed hr img input link meta param source track wbr".split(" "),
)
/** Elements whose content is neither markup nor, for a browser, text. */
export const rawTextElements: ReadonlySet<string> = new Set(
  "script style xmp iframe noembed noframes".split(" "),
)
/** Elements whose content is text with character references. */
export const plainTextElements: ReadonlySet<string> = new Set(["title", "textarea"])
/** Elements out of which the parser moves text: HTML Standard §13.2.6.4, foster parenting and "in head". */
export const textlessElements: ReadonlySet<string> = new Set(
  "table tbody thead tfoot tr colgroup head html frameset".split(" "),
)
/** Elements that a document has one of, and that no patch replaces. */
export const documentElements: ReadonlySet<string> = new Set(["html", "head", "body"])

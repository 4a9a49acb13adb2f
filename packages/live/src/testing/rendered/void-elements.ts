/** What the client closes like an XML element when it prints a shell. */
export const voidElements: ReadonlySet<string> = new Set(
  "area base br col command embed hr img input keygen link meta param source track wbr".split(" "),
)

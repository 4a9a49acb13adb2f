/** A name as PostgreSQL reads it, whatever characters it has. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** `schema.table` or `table`, each part quoted. */
export const qualified = (name: string): string => name.split(".").map(identifier).join(".")

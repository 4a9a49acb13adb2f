import type { BareConn } from "./conn.ts"

/** The host that the request is for, a port included. @internal */
export const hostOf = ({ origin }: BareConn): string => origin.slice(origin.indexOf("://") + 3)

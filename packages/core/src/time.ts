/** Tells the time in milliseconds since 1970; pass your own to decide what time it is (`Date.now`). */
export type Clock = () => number

/** Draws a number in [0, 1); pass your own to decide what comes (`Math.random`). Not for secrets. */
export type Random = () => number

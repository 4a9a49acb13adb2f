/** The event by which a page is given a stash to keep. */
export const STASH_EVENT = "bennu:stash"
/** The join's parameter by which a page says that it keeps one, and brings it back. */
export const STASH_PARAM = "_stash"

import { BennuError } from "@bennu/core"

/** No article has that slug. */
export class NoArticleError extends BennuError {
  readonly code = "ERR_CONDUIT_NO_ARTICLE"
  override readonly status = 404
  constructor(slug: string) {
    super(`there is no article "${slug}"`)
  }
}

/** An article is changed only by the browser that wrote it. */
export class NotYoursError extends BennuError {
  readonly code = "ERR_CONDUIT_NOT_YOURS"
  override readonly status = 403
  constructor(slug: string) {
    super(`the article "${slug}" was written in another browser`)
  }
}

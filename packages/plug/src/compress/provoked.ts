/** What is asked of a request. A `Conn` is one. */
export interface Asked {
  readonly method: string
  /** One header. @param name In lower case. */
  header(name: string): string | null
}

/**
 * Whether another site may have made a visitor's browser ask, with what makes the answer this visitor's.
 *
 * Text is packed by leaving out what was there before, so an answer is shorter where what an attacker had printed is like
 * a secret beside it. Who sees how long answers are reads the secret so, letter by letter; it takes thousands of requests that
 * carry the visitor's cookies (BREACH, CVE-2013-3587). Browsers say who makes them ask, over https since 2023; whoever
 * does not say it is taken for the worst.
 */
export function isProvoked(request: Asked): boolean {
  const site = request.header("sec-fetch-site")
  // "none": typed, or chosen by the visitor, and by no page
  if (site === "same-origin" || site === "none") return false
  if (request.header("cookie") !== null) return true
  // a browser sends by itself what it was told once, and a bearer's token never
  const authorization = request.header("authorization")
  return authorization !== null && !/^bearer /i.test(authorization)
}

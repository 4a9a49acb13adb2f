/** What is wrong with a template, before it is known where it stands. */
export class Problem {
  /** Which hole, from 1; 0 for the template as a whole. */
  readonly hole: number
  readonly what: string
  readonly hint: string

  constructor(hole: number, what: string, hint: string) {
    this.hole = hole
    this.what = what
    this.hint = hint
  }
}

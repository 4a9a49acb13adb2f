/** Where a command runs and what it prints to. */
export interface Terminal {
  readonly cwd: string
  out(text: string): void
  err(text: string): void
  /** 0: done and well; 1: what was checked is not well; 2: it was not asked in a way it understands. */
  exitCode: number
}

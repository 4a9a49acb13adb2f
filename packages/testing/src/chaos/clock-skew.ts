/** What a program runs first: its `Date` is wrong, while `performance.now` and its timers go on as they were. */
const program = (by: number) => `
const Right = Date
const now = () => Right.now() + ${by}
globalThis.Date = new Proxy(Right, {
  construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
  apply: () => new Right(now()).toString(),
  get: (target, key) => key === "now" ? now : Reflect.get(target, key),
})`

/**
 * Node's arguments that make a program's clock wrong, as that of a machine which has lost its time server.
 * @param by Milliseconds that it is ahead, or behind where negative.
 * @throws {RangeError} when that is no finite number.
 * @example startProgram(process.execPath, { args: [...clockSkew(-3_600_000), "app.js"] })
 */
export function clockSkew(by: number): readonly string[] {
  if (!Number.isFinite(by)) throw new RangeError(`a clock cannot be ${by} ms wrong`)
  return ["--import", `data:text/javascript,${encodeURIComponent(program(by))}`]
}

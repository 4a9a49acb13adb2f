/** What a schema's checks say of its values, together. */
export interface Notes {
  readonly least: number | bigint | undefined
  readonly most: number | bigint | undefined
  readonly isAbove: boolean
  readonly isBelow: boolean
  readonly step: number | bigint | undefined
  readonly isWhole: boolean
  /** Length or size, exactly or within bounds. */
  readonly shortest: number
  readonly longest: number | undefined
  /** Of text: a check with all that it says. */
  readonly formats: readonly Format[]
}

export interface Format {
  readonly format: string
  readonly pattern?: RegExp | undefined
  readonly prefix?: string | undefined
  readonly suffix?: string | undefined
  readonly includes?: string | undefined
}

/** The parts of zod's checks that are read here; `check` tells which of them there are. */
interface Check extends Format {
  readonly check?: string
  readonly value?: number | bigint | Date
  readonly inclusive?: boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly length?: number
  readonly size?: number
}

const ranges: ReadonlyMap<string, readonly [number | bigint, number | bigint]> = new Map([
  ["safeint", [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]],
  ["int32", [-(2 ** 31), 2 ** 31 - 1]],
  ["uint32", [0, 2 ** 32 - 1]],
  ["float32", [-3.4028234663852886e38, 3.4028234663852886e38]],
  ["int64", [-(2n ** 63n), 2n ** 63n - 1n]],
  ["uint64", [0n, 2n ** 64n - 1n]],
] satisfies [string, [number | bigint, number | bigint]][])

/** @param definition A schema's `_zod.def`, which may be a check itself, as that of `z.email()`. */
export function notesOf(definition: object): Notes {
  const listed: unknown = Reflect.get(definition, "checks") ?? []
  // zod keeps a list of checks there, each with its definition
  const checks = (listed as readonly { readonly _zod: { readonly def: Check } }[]).map(
    ({ _zod }) => _zod.def,
  )
  const all: readonly Check[] = [definition as Check, ...checks]
  const of = (kind: string) => all.filter(({ check }) => check === kind)
  const lows = of("greater_than").map((check) => bound(check))
  const highs = of("less_than").map((check) => bound(check))
  const formats = [...of("number_format"), ...of("bigint_format")]
  for (const { format } of formats) {
    const [least, most] = ranges.get(format) ?? []
    if (least !== undefined) lows.push({ at: least, excluded: false })
    if (most !== undefined) highs.push({ at: most, excluded: false })
  }
  const low = lows.reduce((a, b) => (a && a.at >= b.at ? a : b), lows[0])
  const high = highs.reduce((a, b) => (a && a.at <= b.at ? a : b), highs[0])
  const exact = of("length_equals")[0]?.length ?? of("size_equals")[0]?.size
  const lengths = [...of("min_length"), ...of("min_size")].map(({ minimum = 0 }) => minimum)
  const limits = [...of("max_length"), ...of("max_size")].flatMap(({ maximum }) => maximum ?? [])
  return {
    ...{ least: low?.at, most: high?.at },
    ...{ isAbove: low?.excluded ?? false, isBelow: high?.excluded ?? false },
    step: of("multiple_of").flatMap(({ value }) => (value instanceof Date ? [] : (value ?? [])))[0],
    isWhole: formats.some(({ format }) => format.includes("int")),
    shortest: exact ?? Math.max(0, ...lengths),
    longest: exact ?? (limits.length === 0 ? undefined : Math.min(...limits)),
    formats: of("string_format"),
  }
}

const bound = ({ value, inclusive }: Check): { at: number | bigint; excluded: boolean } => ({
  at: value instanceof Date ? value.getTime() : (value ?? 0),
  excluded: inclusive === false,
})

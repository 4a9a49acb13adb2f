import { change, schema } from "@bennu/schema"
import {
  boolean,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  timestamp,
  uuid,
  varchar,
} from "drizzle-orm/pg-core"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { arbitrary } from "../arbitrary.ts"

const numRuns = 60
const sample = <T>(made: fc.Arbitrary<T>): T[] => fc.sample(made, { numRuns: 200, seed: 7 })
const file: z.ZodType<unknown> = z.lazy(() =>
  z.object({ name: z.string(), files: z.array(file).max(2).optional() }),
)

/** Whatever zod has that takes plain values. */
const schemas: Readonly<Record<string, z.ZodType>> = {
  text: z.string().min(3).max(5),
  "text of a length": z.string().length(4),
  trimmed: z.string().trim().min(1).max(140),
  "a pattern": z.string().regex(/^[A-Z]{2}-\d{3,4}$/),
  "a beginning and an end": z.string().startsWith("a").endsWith("z"),
  email: z.email(),
  url: z.url(),
  "https url": z.url({ protocol: /^https$/ }),
  uuid: z.uuid(),
  uuidv7: z.uuidv7(),
  datetime: z.iso.datetime(),
  "datetime in milliseconds": z.iso.datetime({ precision: 3 }),
  "datetime in minutes": z.iso.datetime({ precision: -1 }),
  date: z.iso.date(),
  time: z.iso.time(),
  duration: z.iso.duration(),
  ipv4: z.ipv4(),
  ipv6: z.ipv6(),
  cidr: z.cidrv4(),
  base64: z.base64(),
  base64url: z.base64url(),
  jwt: z.jwt(),
  emoji: z.emoji(),
  nanoid: z.nanoid(),
  cuid2: z.cuid2(),
  ulid: z.ulid(),
  e164: z.e164(),
  hex: z.hex(),
  hostname: z.hostname(),
  "lower case": z.string().lowercase().max(5),
  number: z.number(),
  "a part": z.number().gt(0).lt(1),
  bounds: z.number().min(-5).max(5),
  int: z.int(),
  int32: z.int32(),
  uint32: z.uint32(),
  float32: z.float32(),
  port: z.int().min(1).max(65_535),
  tens: z.int().multipleOf(10).min(-95).max(95),
  bigint: z
    .bigint()
    .min(-5n)
    .max(10n ** 30n),
  "positive bigint": z.bigint().positive(),
  boolean: z.boolean(),
  "date of this century": z.date().min(new Date("2000-01-01")).max(new Date("2099-12-31")),
  literal: z.literal(["a", 1, null]),
  enum: z.enum(["draft", "public"]),
  "native enum": z.enum({ Draft: 0, Public: 1 }),
  array: z.array(z.int()).min(1).max(3),
  "array of a length": z.array(z.boolean()).length(2),
  set: z.set(z.int()).min(2).max(4),
  map: z.map(z.string(), z.int()),
  record: z.record(z.string(), z.int()),
  "record of an enum": z.record(z.enum(["a", "b"]), z.int()),
  "partial record": z.partialRecord(z.enum(["a", "b"]), z.int()),
  tuple: z.tuple([z.string(), z.int()], z.boolean()),
  strict: z.strictObject({ name: z.string().min(1), age: z.int().nonnegative().optional() }),
  loose: z.looseObject({ name: z.string() }),
  nested: z.object({ user: z.object({ tags: z.array(z.string().max(3)).max(2) }) }),
  union: z.union([z.string(), z.int()]),
  discriminated: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("a"), a: z.int() }),
    z.object({ kind: z.literal("b"), b: z.string() }),
  ]),
  intersection: z.intersection(z.object({ a: z.int() }), z.object({ b: z.string() })),
  nullish: z.string().nullish(),
  default: z.object({ n: z.int().default(1), m: z.int().prefault(2), c: z.int().catch(3) }),
  readonly: z.array(z.int()).readonly(),
  transformed: z.string().transform((text) => text.length),
  piped: z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.int().max(999_999)),
  coerced: z.coerce.number(),
  refined: z.int().refine((n) => n % 3 === 0),
  "two fields": z
    .object({ from: z.int(), to: z.int() })
    .refine(({ from, to }) => from <= to, "ends before it begins"),
  lazy: file,
  unknown: z.object({ any: z.any(), unknown: z.unknown() }),
  branded: z.string().min(1).brand("Name"),
  "template literal": z.templateLiteral(["v", z.int().min(0)]),
}

describe("arbitrary of a zod schema", () => {
  for (const [name, schema] of Object.entries(schemas))
    it(`makes what the schema accepts: ${name}`, () => {
      fc.assert(
        fc.property(arbitrary(schema), (value) => schema.safeParse(value).success),
        { numRuns },
      )
    })

  it("reaches the bounds, and what may be null or missing", () => {
    const lengths = sample(arbitrary(z.string().min(1).max(3))).map((text) => [...text].length)
    expect(new Set(lengths)).toEqual(new Set([1, 2, 3]))
    const three = sample(arbitrary(z.int().min(1).max(3)))
    expect(new Set(three)).toEqual(new Set([1, 2, 3]))
    const maybe = sample(arbitrary(z.object({ a: z.int().nullish() })))
    expect(maybe).toContainEqual({ a: null })
    expect(maybe.some((value) => !Object.hasOwn(value, "a"))).toBe(true)
  })

  it("shrinks to what is small", () => {
    const made = arbitrary(z.object({ n: z.int().min(3), tags: z.array(z.string()).min(1) }))
    const { counterexample } = fc.check(
      fc.property(made, () => false),
      { seed: 7 },
    )
    expect(counterexample).toEqual([{ n: 3, tags: [""] }])
  })

  it("gives up on what no value pleases, and says what to do", () => {
    const never = z.object({ code: z.string().refine(() => false, "is wrong") })
    expect(() => sample(arbitrary(never))).toThrow(/refused 10000 values in a row: is wrong/)
    const later = z.string().refine(async () => true)
    expect(() => sample(arbitrary(later))).toThrow(/promise/)
    expect(() => arbitrary(z.custom<Buffer>())).not.toThrow()
    expect(() => arbitrary(z.never())).toThrow(/of type "never"/)
  })

  it("takes what you make instead", () => {
    const iban = z.string().refine((text) => text === "DE02120300000000202051")
    const account = z.object({ iban })
    const made = arbitrary(account, { with: [[iban, fc.constant("DE02120300000000202051")]] })
    expect(new Set(sample(made).map(({ iban }) => iban)).size).toBe(1)
  })
})

const role = pgEnum("role", ["reader", "author"])
const users = pgTable("users", {
  id: uuid().primaryKey().defaultRandom(),
  email: text().notNull(),
  role: role().notNull().default("reader"),
  nick: varchar({ length: 5 }),
})
const posts = pgTable("posts", {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  title: text().notNull(),
  draft: boolean().notNull().default(true),
  address: jsonb(),
  score: integer(),
  publishedAt: timestamp({ withTimezone: true }),
  authorId: uuid()
    .notNull()
    .references(() => users.id),
  editorId: uuid(),
})
const User = schema(users)
const Post = schema(posts, {
  belongsTo: { author: () => users, editor: { to: () => users, by: "editorId" } },
  embeds: { address: z.object({ city: z.string().min(1) }) },
})
const ada = { id: crypto.randomUUID(), email: "a", role: "author" as const, nick: null }

describe("arbitrary of a table's schema", () => {
  it("makes rows that are valid, and leaves to the database what it computes", () => {
    fc.assert(
      fc.property(arbitrary(User), (user) => {
        expect(Object.keys(user)).not.toContain("id")
        expect([...(user.nick ?? "")].length).toBeLessThanOrEqual(5)
        return change(User, {}, user).valid
      }),
    )
    const roles = sample(arbitrary(User)).map((user) => user.role)
    expect(new Set(roles)).toEqual(new Set(["reader", "author", undefined]))
  })

  it("refers to rows that are there, and to nobody where there are none", () => {
    const rows = sample(arbitrary(Post, { refs: { author: [ada] } }))
    expect(rows.every(({ authorId, editorId }) => authorId === ada.id && editorId === null)).toBe(
      true,
    )
    expect(() => arbitrary(Post)).toThrow(/belong to others by "authorId"/)
  })

  it("keeps the app's rules, what an embed says, and what is given", () => {
    const rules = z.object({ title: z.string().min(3).max(6) })
    const made = arbitrary(Post, {
      refs: { author: [ada] },
      rules,
      given: { score: fc.constant(7) },
    })
    for (const post of sample(made)) {
      expect(post.title).toSatisfy(
        (title: string) => title !== "" && rules.shape.title.safeParse(title).success,
      )
      expect(post.score).toBe(7)
      expect(
        post.address === null ||
          z.object({ city: z.string().min(1) }).safeParse(post.address).success,
      ).toBe(true)
    }
  })
})

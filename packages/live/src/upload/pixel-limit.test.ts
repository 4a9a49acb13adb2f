import { html } from "@bennu/html"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { liveFileInput, liveViews, type UploadOptions } from "../index.ts"
import { mount } from "../testing.ts"

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex")
const big = (value: number, bytes: number) => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(value, 0, bytes)
  return buffer
}
const little = (value: number, bytes: number) => big(value, bytes).reverse()
const joined = (...parts: readonly (Buffer | string)[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)),
  )

const png = (width: number, height: number, first = "IHDR") =>
  joined(hex("89504e470d0a1a0a 0000000d"), first, big(width, 4), big(height, 4), hex("0806000000"))

const segment = (marker: number, content: Buffer | string, length = content.length + 2) =>
  joined(Buffer.from([0xff, marker]), big(length, 2), content)
const start = hex("ffd8")
const frame = (width: number, height: number, marker = 0xc0) =>
  segment(marker, joined(hex("08"), big(height, 2), big(width, 2), hex("03012200021101031101")))
const scan = joined(segment(0xda, hex("03010002110311003f00")), "picture", hex("ffd9"))
const exif = segment(0xe1, `Exif\0\0${"x".repeat(3000)}`)
const jpeg = (width: number, height: number, marker?: number) =>
  joined(start, segment(0xe0, "JFIF\0"), exif, frame(width, height, marker), scan)

const screen = (width: number, height: number, flags = "00") =>
  joined("GIF89a", little(width, 2), little(height, 2), hex(flags), hex("0000"))
const image = (left: number, top: number, width: number, height: number) =>
  joined(",", ...[left, top, width, height].map((one) => little(one, 2)), hex("00 02 024c01 00"))
const extension = hex("21f9 0400000000 00")
const gif = (width: number, height: number) =>
  joined(screen(width, height, "80"), Buffer.alloc(6), extension, image(0, 0, width, height), ";")

const chunk = (name: string, content: Buffer) =>
  joined(name, little(content.length, 4), content, Buffer.alloc(content.length % 2))
const riff = (...chunks: readonly Buffer[]) => {
  const content = joined("WEBP", ...chunks)
  return joined("RIFF", little(content.length, 4), content)
}
const vp8 = (width: number, height: number) =>
  chunk("VP8 ", joined(hex("300100 9d012a"), little(width, 2), little(height, 2), hex("00")))
const vp8l = (width: number, height: number) =>
  chunk("VP8L", joined("/", little(width - 1 + (height - 1) * 2 ** 14, 4)))
const vp8x = (width: number, height: number) =>
  chunk("VP8X", joined(hex("10000000"), little(width - 1, 3), little(height - 1, 3)))
const animated = (left: number, width: number, height: number) => {
  const place = joined(little(left / 2, 3), little(0, 3), little(width - 1, 3))
  const inner = vp8l(1, 1)
  return chunk("ANMF", joined(place, little(height - 1, 3), hex("64000000"), inner))
}

const accept = ["image/*"]
/** What is wrong with a file that comes in such chunks: what the page is shown. */
async function wrongWith(
  content: Uint8Array,
  options: Partial<UploadOptions<object>> = {},
  name = "a.png",
) {
  const View = liveViews<object>()({
    public: true,
    uploads: { files: { accept, autoUpload: true, ...options } },
    events: { choose: {} },
    handleEvent: { choose() {} },
    render: (_, { choose }, { uploads: { files } }) => html`
      <form phx-change="${choose}">${liveFileInput(files)}</form>
      <p>${files.entries.map(({ done, errors }) => JSON.stringify(errors[0] ?? (done ? "fine" : "on its way")))}</p>`,
  })
  await using view = await mount(View, { scope: {} })
  const [file] = await view.element("input").choose({ name, type: "image/png", content })
  await file?.send()
  const shown: unknown = JSON.parse(view.element("p").text())
  return shown
}
const tooMany = (width: number, height: number) => ({
  code: "too_many_pixels",
  reason: { width, height },
})

type Kind = readonly [string, (width: number, height: number) => Buffer, told: number]
/** And after how many bytes they have told of their size. */
const kinds: readonly Kind[] = [
  ["PNG", png, 24],
  ["JPEG", jpeg, 3030],
  ["progressive JPEG", (width, height) => jpeg(width, height, 0xc2), 3030],
  ["GIF", gif, 13],
  ["lossy WebP", (width, height) => riff(vp8(width, height)), 30],
  ["lossless WebP", (width, height) => riff(vp8l(width, height)), 25],
  ["extended WebP", (width, height) => riff(vp8x(width, height), vp8l(1, 1)), 30],
]

describe("a picture of many pixels", () => {
  it.each(kinds)("is refused, and one of as many as are allowed is not: %s", async (_, made) => {
    expect(await wrongWith(made(40, 30), { maxPixels: 1200 })).toBe("fine")
    expect(await wrongWith(made(40, 30), { maxPixels: 1199 })).toEqual(tooMany(40, 30))
  })

  it.each(kinds)("is refused in chunks of any size: %s", async (_, made) => {
    const sizes = fc.integer({ min: 1, max: 40 })
    await fc.assert(
      fc.asyncProperty(sizes, async (chunkSize) => {
        const wrong = await wrongWith(made(40, 30), { maxPixels: 1199, chunkSize })
        expect(wrong).toEqual(tooMany(40, 30))
      }),
      { numRuns: 5 },
    )
  })

  it("is refused where pictures are accepted and nothing is said, beyond fifty millions", async () => {
    expect(await wrongWith(png(10_000, 5000))).toBe("fine")
    expect(await wrongWith(png(10_001, 5000))).toEqual(tooMany(10_001, 5000))
    const [large, name] = [jpeg(10_001, 5000), "a.jpeg"]
    expect(await wrongWith(large, { accept: [".jpeg", ".pdf"] }, name)).toMatchObject(
      tooMany(10_001, 5000),
    )
    for (const any of [{ accept: "any" }, { maxPixels: false }, { check: false }] as const)
      expect(await wrongWith(large, any, name)).toBe("fine")
    expect(await wrongWith(large, { accept: "any", maxPixels: 1 }, name)).toEqual(
      tooMany(10_001, 5000),
    )
  })

  it("is what its bytes say, not its name", async () => {
    const options = { accept: "any", maxPixels: 4 } as const
    expect(await wrongWith(gif(9, 9), options, "a.txt")).toEqual(tooMany(9, 9))
    expect(await wrongWith(Buffer.from("Great, no GIF87a"), options, "a.gif")).toBe("fine")
    expect(await wrongWith(Buffer.from("G"), options, "a.gif")).toBe("fine")
  })

  it("needs a bound that is one", () => {
    for (const maxPixels of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const uploads = { files: { accept, maxPixels } }
      expect(() => liveViews<object>()({ public: true, uploads, render: () => html`` })).toThrow(
        `maxPixels ${maxPixels}`,
      )
    }
  })
})

describe("a picture whose header lies", () => {
  const maxPixels = 1200

  it("is as large as the largest that it says: a frame beyond the screen, a canvas beyond its frame", async () => {
    const beyond = joined(screen(1, 1), extension, image(0, 0, 1, 1), image(0, 0, 65_535, 65_535))
    expect(await wrongWith(beyond, { maxPixels })).toEqual(tooMany(65_535, 65_535))
    const far = joined(screen(1, 1), image(65_535, 65_535, 1, 1), ";")
    expect(await wrongWith(far, { maxPixels })).toEqual(tooMany(65_536, 65_536))
    const canvas = riff(vp8l(1, 1), vp8x(2 ** 24, 2 ** 24))
    expect(await wrongWith(canvas, { maxPixels })).toEqual(tooMany(2 ** 24, 2 ** 24))
    const inner = riff(vp8x(1, 1), vp8(16_383, 16_383))
    expect(await wrongWith(inner, { maxPixels })).toEqual(tooMany(16_383, 16_383))
    const moved = riff(vp8x(1, 1), animated(0, 1, 1), animated(2000, 1, 1))
    expect(await wrongWith(moved, { maxPixels })).toEqual(tooMany(2001, 1))
  })

  it("may say that it has gigantic ones", async () => {
    const most = 2 ** 32 - 1
    expect(await wrongWith(png(most, most))).toEqual(tooMany(most, most))
    expect(await wrongWith(jpeg(65_535, 65_535))).toEqual(tooMany(65_535, 65_535))
  })

  it.each([
    ["no pixels, PNG", png(0, 5)],
    ["no pixels, JPEG, whose height comes later", jpeg(5, 0)],
    ["no pixels, GIF", gif(0, 0)],
    ["no pixels, WebP", riff(vp8(0, 0))],
    ["another chunk before its size, PNG", png(1, 1, "CgBI")],
    ["a picture before its size, JPEG", joined(start, scan, frame(1, 1))],
    ["an end before its size, JPEG", joined(start, hex("ffd9"), frame(1, 1))],
    ["a segment shorter than its length, JPEG", joined(start, segment(0xe0, "", 1), frame(1, 1))],
    ["bytes between segments, JPEG", joined(start, "??", frame(1, 1))],
    ["a segment beyond its end, JPEG", joined(start, segment(0xe0, "", 65_535), frame(1, 1))],
    ["a block that nobody knows, GIF", joined(screen(1, 1), "?", image(0, 0, 9999, 9999))],
    ["no start code, WebP", riff(chunk("VP8 ", Buffer.alloc(16)))],
    ["no signature, WebP", riff(chunk("VP8L", Buffer.alloc(6)))],
    [
      "a chunk beyond its end, WebP",
      joined("RIFF\xff\xff\xff\xffWEBPJUNK\xff\xff\xff\xff", vp8(1, 1)),
    ],
  ])("is not accepted when it tells of %s", async (_, content) => {
    expect(await wrongWith(content)).toEqual({ code: "not_accepted" })
  })

  it.each(kinds)("is not accepted when it ends before its size: %s", async (_, made, told) => {
    expect(await wrongWith(made(40, 30).subarray(0, told - 1))).toEqual({ code: "not_accepted" })
    expect(await wrongWith(made(40, 30).subarray(0, told))).toBe("fine")
  })

  it("is not accepted when its segments never end", async () => {
    const maxFileSize = 8_000_000
    const empty = segment(0xe0, "")
    const endless = joined(start, Buffer.alloc(1_600_000, empty))
    expect(await wrongWith(endless, { maxFileSize })).toEqual({ code: "not_accepted" })
    const filled = joined(start, Buffer.alloc(1_000_000, 0xff))
    expect(await wrongWith(filled, { maxFileSize })).toEqual({ code: "not_accepted" })
    // these say how large they are, and then go on without an end
    const blocks = joined(screen(1, 1), hex("21fe"), Buffer.alloc(1_000_000, 1))
    expect(await wrongWith(blocks, { maxFileSize })).toBe("fine")
    const chunks = riff(vp8x(1, 1), Buffer.alloc(800_000, chunk("JUNK", hex(""))))
    expect(await wrongWith(chunks, { maxFileSize })).toBe("fine")
  })

  it("never breaks its view, whatever follows a signature", async () => {
    const signatures = [hex("89504e470d0a1a0a"), hex("ffd8ff"), "GIF89a", "RIFF\0\0\0\0WEBP"]
    const made = fc.tuple(fc.constantFrom(...signatures), fc.uint8Array({ maxLength: 200 }))
    await fc.assert(
      fc.asyncProperty(made, fc.integer({ min: 1, max: 50 }), async ([begins, rest], chunkSize) => {
        const wrong = await wrongWith(joined(begins, Buffer.from(rest)), { chunkSize })
        expect(["fine", "not_accepted", "too_many_pixels"]).toContain(
          typeof wrong === "string" ? wrong : Object(wrong).code,
        )
      }),
      { numRuns: 200 },
    )
  })
})

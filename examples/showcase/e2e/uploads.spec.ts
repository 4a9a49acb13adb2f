import { expect, open, test } from "./fixtures.ts"

// what records a trace fetches pictures that are blobs, and the policy of the page refuses that to everybody
test.use({ trace: "off" })

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
)
/** A picture of about this size: what comes after the end of a PNG is not looked at. */
const picture = (name: string, size = PIXEL.length) => ({
  name,
  mimeType: "image/png",
  buffer: Buffer.concat([PIXEL, Buffer.alloc(Math.max(0, size - PIXEL.length))]),
})

test("pictures are chosen, previewed, sent in chunks and kept", async ({ page }) => {
  await open(page, "/uploads")
  await page
    .getByLabel("Choose pictures")
    .setInputFiles([picture("a.png", 400_000), picture("b.png")])
  await expect(page.locator(".entries li")).toHaveCount(2)
  const preview = page.locator(".entries img").first()
  await expect
    .poll(() => preview.evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBe(1)
  await page.getByRole("button", { name: "Leave out b.png" }).click()
  await expect(page.locator(".entries li")).toHaveCount(1)
  await page.getByRole("button", { name: "Upload" }).click()
  const kept = page.locator(".photos img")
  await expect(kept).toHaveCount(1)
  await expect
    .poll(() => kept.evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBe(1)
  await expect(page.locator(".entries li")).toHaveCount(0)
})

test("what is too large, too many or no picture is refused with words", async ({ page }) => {
  await open(page, "/uploads")
  const input = page.getByLabel("Choose pictures")
  await input.setInputFiles([picture("large.png", 2_100_000)])
  await expect(page.locator(".entries")).toContainText("is larger than 2 MB")
  await page.getByRole("button", { name: "Leave out large.png" }).click()
  await expect(page.locator(".entries li")).toHaveCount(0)
  await input.setInputFiles(["1.png", "2.png", "3.png", "4.png"].map((name) => picture(name)))
  await expect(page.locator(".problem", { hasText: "Three at most" })).toBeVisible()
})

test("a file that only says that it is a picture is not taken", async ({ page }) => {
  await open(page, "/uploads")
  const forged = {
    name: "page.png",
    mimeType: "image/png",
    buffer: Buffer.from("<script>alert(1)</script>"),
  }
  await page.getByLabel("Choose pictures").setInputFiles([forged])
  await page.getByRole("button", { name: "Upload" }).click()
  await expect(page.locator(".entries")).toContainText("is no picture")
  await expect(page.locator(".photos img")).toHaveCount(0)
})

test("a small file that would be a gigantic picture is not taken", async ({ page }) => {
  await open(page, "/uploads")
  const gigantic = Buffer.from(PIXEL)
  gigantic.writeUInt32BE(100_000, 16)
  gigantic.writeUInt32BE(100_000, 20)
  const file = { name: "bomb.png", mimeType: "image/png", buffer: gigantic }
  await page.getByLabel("Choose pictures").setInputFiles([file])
  await page.getByRole("button", { name: "Upload" }).click()
  await expect(page.locator(".entries")).toContainText("has too many pixels")
  await expect(page.locator(".photos img")).toHaveCount(0)
})

test("pictures are dropped", async ({ page }) => {
  await open(page, "/uploads")
  const files = await page.evaluateHandle(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([new Uint8Array(8)], "dropped.png", { type: "image/png" }))
    return transfer
  })
  await page.locator(".drop").dispatchEvent("drop", { dataTransfer: files })
  await expect(page.locator(".entries")).toContainText("dropped.png")
})

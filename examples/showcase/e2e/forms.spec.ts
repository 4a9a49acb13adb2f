import { expect, open, test } from "./fixtures.ts"

test("a form says what is wrong with fields that were used, and with all once it is sent", async ({
  page,
}) => {
  await open(page, "/forms")
  await page.getByLabel("Email").fill("heron")
  await expect(page.getByText("Email is not an address")).toBeVisible()
  await expect(page.getByText("Place can't be blank")).toHaveCount(0)
  await expect(page.getByLabel("Email")).toHaveAttribute("aria-invalid", "true")

  await page.getByRole("button", { name: "Book" }).click()
  await expect(page.getByText("Place can't be blank")).toBeVisible()
  await expect(page.getByText("Day is not a day")).toBeVisible()

  await page.getByLabel("Email").fill("heron@marsh.example")
  await expect(page.getByText("Email is not an address")).toHaveCount(0)
  await page.getByLabel("Place").fill("The reeds")
  await page.getByLabel("Day").fill("2027-04-01")
  await page.getByLabel("Seats").fill("9")
  await expect(page.getByText("Seats are at most 8 a boat")).toBeVisible()
  await page.getByLabel("Seats").fill("2")
  await page.getByRole("button", { name: "Book" }).click()
  await expect(page.getByText("See you at The reeds.")).toBeVisible()
  await expect(page.getByText("The reeds, 2027-04-01, 2 seats")).toBeVisible()
  await expect(page.getByLabel("Place")).toHaveValue("")

  // the next trip is another form: what was used was the one before
  await page.getByLabel("Email").fill("x")
  await expect(page.getByText("Email is not an address")).toBeVisible()
  await expect(page.getByText("Place can't be blank")).toHaveCount(0)
})

test("inputs know what the rules say, and the words beside them", async ({ page }) => {
  await open(page, "/forms")
  const [place, email] = [page.getByLabel("Place"), page.getByLabel("Email")]
  const [day, seats] = [page.getByLabel("Day"), page.getByLabel("Seats")]
  for (const input of [place, email, day, seats]) await expect(input).toHaveAttribute("required")
  await expect(email).toHaveAttribute("type", "email")
  await expect(day).toHaveAttribute("type", "date")
  await expect(seats).toHaveAttribute("type", "number")
  await expect(seats).toHaveAttribute("max", "8")
  await expect(seats).toHaveAccessibleDescription("Up to 8.")

  await place.pressSequentially("x".repeat(70))
  await expect(place).toHaveValue("x".repeat(60))
  await seats.fill("9")
  await expect(seats).toHaveAccessibleDescription("Up to 8. Seats are at most 8 a boat")
  await expect(seats).toHaveAttribute("aria-invalid", "true")
  await seats.fill("8")
  await expect(seats).toHaveAccessibleDescription("Up to 8.")
  expect(await seats.evaluate((input: HTMLInputElement) => input.validity.valid)).toBe(true)
})

test("what was typed stays in place while the view answers", async ({ page }) => {
  await open(page, "/forms")
  await page.getByLabel("Place").pressSequentially("Long before any answer", { delay: 5 })
  await expect(page.getByLabel("Place")).toBeFocused()
  await page.getByLabel("Email").fill("x")
  await expect(page.getByText("Email is not an address")).toBeVisible()
  await expect(page.getByLabel("Place")).toHaveValue("Long before any answer")
})

test("nested rows are added, sorted and dropped, and keep what was typed", async ({ page }) => {
  await open(page, "/nested-forms")
  const steps = page.getByRole("textbox", { name: /^Step/ })
  const titles = () => steps.evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value))
  await steps.nth(1).fill("Row slowly")
  await page.getByRole("button", { name: "Move step 3 up" }).click()
  await expect.poll(titles).toEqual(["Pack the boat", "Wait", "Row slowly"])
  await page.getByRole("button", { name: "Move step 1 down" }).click()
  await expect.poll(titles).toEqual(["Wait", "Pack the boat", "Row slowly"])

  await page.getByRole("button", { name: "Add a step" }).click()
  await expect(steps).toHaveCount(4)
  await page.getByRole("button", { name: "Save" }).click()
  await expect(page.getByText("Step 4 can't be blank")).toBeVisible()
  await steps.nth(3).fill("Look")
  await page.getByRole("button", { name: "Drop step 2" }).click()
  await expect.poll(titles).toEqual(["Wait", "Row slowly", "Look"])

  await page
    .locator(".nested")
    .nth(2)
    .dragTo(page.locator(".nested").nth(0), {
      sourcePosition: { x: 4, y: 4 },
      targetPosition: { x: 4, y: 4 },
    })
  await expect.poll(titles).toEqual(["Look", "Wait", "Row slowly"])
  await page.getByRole("button", { name: "Save" }).click()
  await expect(page.locator("#saved")).toHaveText("A day at the marsh: Look, Wait, Row slowly")
})

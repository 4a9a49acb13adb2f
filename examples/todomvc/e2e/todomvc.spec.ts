// After the test list of the TodoMVC project: github.com/tastejs/todomvc, cypress/integration/spec.js
import { AxeBuilder } from "@axe-core/playwright"
import { expect, Todos, test } from "./fixtures.ts"

const [ONE, TWO, THREE] = ["buy some cheese", "feed the cat", "book a doctors appointment"] as const

test.describe("When page is initially opened", () => {
  test("should focus on the todo input field", async ({ todos }) => {
    await expect(todos.field).toBeFocused()
  })
})

test.describe("No Todos", () => {
  test("should hide #main and #footer", async ({ todos, page }) => {
    await expect(todos.items).toHaveCount(0)
    await expect(page.locator(".main")).toHaveCount(0)
    await expect(page.locator(".footer")).toHaveCount(0)
  })
})

test.describe("New Todo", () => {
  test("should allow me to add todo items", async ({ todos }) => {
    await todos.add(ONE)
    await expect(todos.titles).toHaveText([ONE])
    await todos.add(TWO)
    await expect(todos.titles).toHaveText([ONE, TWO])
  })
  test("should clear text input field when an item is added", async ({ todos }) => {
    await todos.field.fill(ONE)
    await todos.field.press("Enter")
    await expect(todos.field).toHaveValue("")
    await expect(todos.field).toBeFocused()
  })
  test("should append new items to the bottom of the list", async ({ todos }) => {
    await todos.add(ONE, TWO, THREE)
    await expect(todos.count).toHaveText("3 items left")
    await expect(todos.titles).toHaveText([ONE, TWO, THREE])
  })
  test("should trim text input", async ({ todos }) => {
    await todos.add(`    ${ONE}    `)
    await expect(todos.titles.first()).toHaveText(ONE, { useInnerText: false })
    expect(await todos.titles.first().textContent()).toBe(ONE)
  })
  test("should not add blank items", async ({ todos }) => {
    await todos.field.fill("   ")
    await todos.field.press("Enter")
    await todos.add(ONE)
    await expect(todos.titles).toHaveText([ONE])
  })
  test("should show #main and #footer when items added", async ({ todos, page }) => {
    await todos.add(ONE)
    await expect(page.locator(".main")).toBeVisible()
    await expect(page.locator(".footer")).toBeVisible()
  })
})

test.describe("Mark all as completed", () => {
  test("should allow me to mark all items as completed, and clear that again", async ({
    todos,
  }) => {
    await todos.add(ONE, TWO, THREE)
    await todos.toggleAll.check({ force: true })
    await expect(todos.page.locator("li.completed")).toHaveCount(3)
    await todos.toggleAll.uncheck({ force: true })
    await expect(todos.page.locator("li.completed")).toHaveCount(0)
  })
  test("complete all checkbox should update state when items are completed / cleared", async ({
    todos,
  }) => {
    await todos.add(ONE, TWO, THREE)
    await todos.toggleAll.check({ force: true })
    await expect(todos.page.locator("li.completed")).toHaveCount(3)
    await todos.item(0).toggle.uncheck({ force: true })
    await expect(todos.toggleAll).not.toBeChecked()
    await todos.item(0).toggle.check({ force: true })
    await expect(todos.toggleAll).toBeChecked()
  })
})

test.describe("Item", () => {
  test("should allow me to mark items as complete and back", async ({ todos }) => {
    await todos.add(ONE, TWO)
    await todos.item(0).toggle.check({ force: true })
    await expect(todos.item(0).item).toHaveClass(/completed/)
    await expect(todos.item(1).item).not.toHaveClass(/completed/)
    await todos.item(1).toggle.check({ force: true })
    await expect(todos.item(1).item).toHaveClass(/completed/)
    await todos.item(0).toggle.uncheck({ force: true })
    await expect(todos.item(0).item).not.toHaveClass(/completed/)
    await expect(todos.item(1).item).toHaveClass(/completed/)
  })
  test("should allow me to delete an item", async ({ todos, page }) => {
    await todos.add(ONE, TWO)
    await todos.item(0).item.hover()
    await page.getByRole("button", { name: `Delete ${ONE}` }).click()
    await expect(todos.titles).toHaveText([TWO])
  })
  test("should allow me to edit an item", async ({ todos }) => {
    await todos.add(ONE, TWO, THREE)
    const { label, edit } = todos.item(1)
    await label.dblclick()
    await expect(edit).toHaveValue(TWO)
    await expect(edit).toBeFocused()
    await edit.fill("buy some sausages")
    await edit.press("Enter")
    await expect(todos.titles).toHaveText([ONE, "buy some sausages", THREE])
  })
})

test.describe("Editing", () => {
  test.beforeEach(async ({ todos }) => {
    await todos.add(ONE, TWO, THREE)
    await todos.item(1).label.dblclick()
    await expect(todos.item(1).edit).toBeFocused()
  })
  test("should hide other controls when editing", async ({ todos }) => {
    await expect(todos.item(1).toggle).toBeHidden()
    await expect(todos.item(1).label).toBeHidden()
  })
  test("should save edits on blur", async ({ todos }) => {
    await todos.item(1).edit.fill("buy some sausages")
    await todos.field.focus()
    await expect(todos.titles).toHaveText([ONE, "buy some sausages", THREE])
    await expect(todos.item(1).edit).toHaveCount(0)
  })
  test("should trim entered text", async ({ todos }) => {
    await todos.item(1).edit.fill("    buy some sausages    ")
    await todos.item(1).edit.press("Enter")
    await expect(todos.titles).toHaveText([ONE, "buy some sausages", THREE])
  })
  test("should remove the item if an empty text string was entered", async ({ todos }) => {
    await todos.item(1).edit.fill("")
    await todos.item(1).edit.press("Enter")
    await expect(todos.titles).toHaveText([ONE, THREE])
  })
  test("should cancel edits on escape", async ({ todos }) => {
    await todos.item(1).edit.fill("buy some sausages")
    await todos.item(1).edit.press("Escape")
    await expect(todos.item(1).edit).toHaveCount(0)
    await expect(todos.titles).toHaveText([ONE, TWO, THREE])
  })
})

test.describe("Counter", () => {
  test("should display the current number of todo items", async ({ todos }) => {
    await todos.add(ONE)
    await expect(todos.count).toHaveText("1 item left")
    await todos.add(TWO)
    await expect(todos.count).toHaveText("2 items left")
    await todos.item(0).toggle.check({ force: true })
    await expect(todos.count).toHaveText("1 item left")
  })
})

test.describe("Clear completed button", () => {
  test("should remove completed items when clicked, and is hidden without any", async ({
    todos,
  }) => {
    await todos.add(ONE, TWO, THREE)
    await expect(todos.clear).toHaveCount(0)
    await todos.item(1).toggle.check({ force: true })
    await expect(todos.clear).toHaveText("Clear completed")
    await todos.clear.click()
    await expect(todos.titles).toHaveText([ONE, THREE])
    await expect(todos.clear).toHaveCount(0)
  })
})

test.describe("Routing", () => {
  test.beforeEach(async ({ todos }) => {
    await todos.add(ONE, TWO, THREE)
    await todos.item(1).toggle.check({ force: true })
    await expect(todos.item(1).item).toHaveClass(/completed/)
  })
  test("should allow me to display active, completed and all items", async ({ todos, page }) => {
    await todos.filter("Active").click()
    await expect(todos.titles).toHaveText([ONE, THREE])
    await expect(page).toHaveURL("/active")
    await todos.filter("Completed").click()
    await expect(todos.titles).toHaveText([TWO])
    await todos.filter("All").click()
    await expect(todos.titles).toHaveText([ONE, TWO, THREE])
  })
  test("should respect the back button", async ({ todos, page }) => {
    await todos.filter("Active").click()
    await expect(todos.titles).toHaveText([ONE, THREE])
    await todos.filter("Completed").click()
    await expect(todos.titles).toHaveText([TWO])
    await page.goBack()
    await expect(todos.titles).toHaveText([ONE, THREE])
    await page.goBack()
    await expect(todos.titles).toHaveText([ONE, TWO, THREE])
  })
  test("should highlight the currently applied filter, and find it by its address", async ({
    todos,
    page,
  }) => {
    await expect(todos.filter("All")).toHaveClass("selected")
    await todos.filter("Active").click()
    await expect(todos.filter("Active")).toHaveClass("selected")
    await expect(page.locator(".selected")).toHaveCount(1)
    await todos.open("/completed")
    await expect(todos.filter("Completed")).toHaveClass("selected")
    await expect(todos.titles).toHaveText([TWO])
  })
})

test.describe("Persistence", () => {
  test("should persist its data, through kill -9 too", async ({ todos, server, page }) => {
    await todos.add(ONE, TWO)
    await todos.item(1).toggle.check({ force: true })
    await expect(todos.item(1).item).toHaveClass(/completed/)
    await server.killAndStart()
    await expect(todos.titles).toHaveText([ONE, TWO])
    await todos.open()
    await expect(todos.titles).toHaveText([ONE, TWO])
    await expect(page.locator("li.completed")).toHaveCount(1)
  })
})

test.describe("Two windows", () => {
  test("show one list, and edit it each by itself", async ({ todos, context }) => {
    const other = new Todos(await context.newPage())
    await other.open("/active")
    await todos.add(ONE, TWO)
    await expect(other.titles).toHaveText([ONE, TWO])
    await todos.item(0).label.dblclick()
    await todos.item(0).edit.fill("half typed")
    // not check(), which looks at the box again: it may be gone from this window by then
    await other.item(1).toggle.click({ force: true })
    await expect(other.titles).toHaveText([ONE])
    await expect(todos.item(1).item).toHaveClass(/completed/)
    await expect(todos.item(0).edit).toHaveValue("half typed")
    await expect(other.item(0).edit).toHaveCount(0)
  })
  test("of other browsers have lists of their own", async ({ todos, browser, server }) => {
    await todos.add(ONE)
    const context = await browser.newContext({ baseURL: server.url })
    const other = new Todos(await context.newPage())
    await other.open()
    await expect(other.items).toHaveCount(0)
    await context.close()
  })
})

test.describe("Everybody", () => {
  test("can use it, with the keyboard too", async ({ todos, page }) => {
    await todos.add(ONE, TWO)
    await todos.item(0).toggle.focus()
    await page.keyboard.press("Space")
    await expect(todos.item(0).item).toHaveClass(/completed/)
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id }) => id)).toEqual([])
  })
})

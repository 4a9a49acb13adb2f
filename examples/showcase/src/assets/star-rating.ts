// A custom element that writes to itself: its role and label, its buttons,
// and the attribute `value`.

/** Stars to choose from. Tells of a choice by a `rated` event, whose `detail` is `{ stars }`. */
export class StarRating extends HTMLElement {
  connectedCallback(): void {
    if (this.hasAttribute("role")) return
    this.setAttribute("role", "group")
    this.setAttribute("aria-label", "Rating")
    this.addEventListener("click", ({ target }) => {
      const stars = target instanceof HTMLElement ? target.dataset["stars"] : undefined
      if (stars === undefined) return
      this.setAttribute("value", stars)
      this.#show()
      this.dispatchEvent(
        new CustomEvent("rated", { detail: { stars: Number(stars) }, bubbles: true }),
      )
    })
    for (let stars = 1; stars <= 5; stars++) {
      const button = document.createElement("button")
      button.type = "button"
      button.dataset["stars"] = `${stars}`
      button.setAttribute("aria-label", stars === 1 ? "1 star" : `${stars} stars`)
      this.append(button)
    }
    this.#show()
  }

  #show(): void {
    const value = Number(this.getAttribute("value") ?? 0)
    for (const button of this.querySelectorAll("button")) {
      const on = Number(button.dataset["stars"]) <= value
      button.textContent = on ? "★" : "☆"
      button.setAttribute("aria-pressed", `${on}`)
    }
  }
}

/** What a node wrote down, from its start to its end. */
export interface History {
  readonly said: number
  /** Numbers of messages in the order they were heard, by sender. */
  readonly heard: ReadonlyMap<string, readonly number[]>
  /** Messages that it knows it has missed. */
  readonly known: number
  /** The longest time without a connection, in milliseconds. */
  readonly away: number
  /** How often each user came and went since the last mark. */
  readonly came: ReadonlyMap<string, number>
  readonly went: ReadonlyMap<string, number>
}

export function historyOf(text: string): History {
  const heard = new Map<string, number[]>()
  const came = new Map<string, number>()
  const went = new Map<string, number>()
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1)
  let said = 0
  let known = 0
  let away = 0
  for (const line of text.split("\n")) {
    const [kind, first = "", second] = line.split(" ")
    if (kind === "said") said += 1
    else if (kind === "heard") {
      const numbers = heard.get(first)
      if (numbers) numbers.push(Number(second))
      else heard.set(first, [Number(second)])
    } else if (kind === "gap") known += Number(first)
    else if (kind === "away") away = Math.max(away, Number(first))
    else if (kind === "came") count(came, first)
    else if (kind === "went") count(went, first)
    else if (kind === "mark") {
      came.clear()
      went.clear()
    }
  }
  return { said, heard, known, away, came, went }
}

/** What of all that was said did not arrive, and what of that nobody noticed. */
export function judge(histories: ReadonlyMap<string, History>) {
  let deliveries = 0
  let lostHere = 0
  let missed = 0
  let unnoticed = 0
  let wrong = 0
  for (const [name, receiver] of histories) {
    let missing = 0
    for (const [sender, { said }] of histories) {
      const numbers = receiver.heard.get(sender) ?? []
      const lost = said - new Set(numbers).size
      // twice, or out of order
      wrong += numbers.filter((number, at) => at > 0 && number <= (numbers[at - 1] ?? 0)).length
      deliveries += said
      if (sender === name) lostHere += lost
      else missing += lost
    }
    missed += missing
    unnoticed += Math.max(0, missing - receiver.known)
  }
  const away = Math.max(...[...histories.values()].map(({ away }) => away))
  return { deliveries, lostHere, missed, unnoticed, wrong, away }
}

/** How many came or went more often than `times`, or less. */
export function notTimes(
  counts: ReadonlyMap<string, number>,
  names: readonly string[],
  times: number,
): number {
  return names.filter((name) => (counts.get(name) ?? 0) !== times).length
}

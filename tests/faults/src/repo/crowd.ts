import { setTimeout } from "node:timers/promises"
import type { AnsweringNode } from "./answering-node.ts"

export interface Crowd {
  readonly sent: number
  /** Answers in time, a second. */
  readonly goodput: number
  readonly late: number
  readonly wrong: number
  readonly failed: number
  /** How long those waited who were refused, in milliseconds. */
  readonly refusals: readonly number[]
}

export interface CrowdOptions {
  /** Callers a second. */
  readonly rate: number
  readonly seconds: number
  /** How long each waits, in milliseconds. */
  readonly patience: number
  readonly random: () => number
}

/** Callers who come by chance, as people do, whatever came of those before. Resolves when something came of all. */
export async function crowd(
  node: AnsweringNode,
  { rate, seconds, patience, random }: CrowdOptions,
): Promise<Crowd> {
  const counts = { sent: 0, good: 0, late: 0, wrong: 0, failed: 0 }
  const refusals: number[] = []
  const pending = new Set<Promise<void>>()
  const started = performance.now()
  const isOver = () => performance.now() - started >= seconds * 1_000
  const call = async () => {
    counts.sent += 1
    const { came, took } = await node.call(patience)
    if (came === "refusal") refusals.push(took)
    else if (came === "wrong") counts.wrong += 1
    else if (took > patience) counts.late += 1
    else if (came !== "answer") counts.failed += 1
    else if (!isOver()) counts.good += 1
  }
  for (let due = started; !isOver(); await setTimeout(2))
    for (; due < performance.now(); due += (-Math.log(1 - random()) / rate) * 1_000) {
      const called = call()
      pending.add(called)
      void called.then(() => pending.delete(called))
    }
  await Promise.race([Promise.all(pending), setTimeout(60_000, undefined, { ref: false })])
  const { good, ...others } = counts
  return { ...others, goodput: good / seconds, refusals }
}

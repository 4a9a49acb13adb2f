import { describe, expect, it } from "vitest"
import { counter, event, summary } from "../index.ts"
import { consoleReporter } from "./console.ts"

interface Request {
  readonly path: string
  readonly duration: number
}

const request = event<Request>("test.console.request")
const hostile = "/\n2026-01-01 root logged in\r\u001b[2J\u009b2J\u2028\u0000"

describe("consoleReporter", () => {
  it("prints a line for each measurement, with its unit and tags", () => {
    const lines: string[] = []
    const metrics = [
      counter("http.requests", request, { tags: ({ path }) => ({ path, live: false }) }),
      summary("http.duration", request, { value: ({ duration }) => duration, unit: "ms" }),
    ]
    using _ = consoleReporter({ metrics, write: (line) => lines.push(line) })
    request.emit(() => ({ path: "/", duration: 12.34567 }))
    expect(lines).toEqual([
      'http.requests counter 1 path="/" live=false',
      "http.duration summary 12.346 ms",
    ])
  })

  it("prints a line for each event", () => {
    const lines: string[] = []
    using _ = consoleReporter({ events: [request], write: (line) => lines.push(line) })
    request.emit(() => ({ path: "/", duration: 1 }))
    expect(lines).toEqual(["test.console.request { path: '/', duration: 1 }"])
  })

  it("keeps what a client sent on its line, and away from the terminal's controls", () => {
    const lines: string[] = []
    const failed = event<{ error: Error }>("test.console.fail")
    const metrics = [counter("http.requests", request, { tags: ({ path }) => ({ path }) })]
    using _ = consoleReporter({
      metrics,
      events: [request, failed],
      write: (line) => lines.push(line),
    })
    request.emit(() => ({ path: hostile, duration: 1 }))
    failed.emit(() => ({ error: new Error(hostile) }))
    expect(lines).toHaveLength(3)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]/)
  })

  it("prints no more than a glimpse of large payloads", () => {
    const lines: string[] = []
    using _ = consoleReporter({ events: [request], write: (line) => lines.push(line) })
    request.emit(() => ({ path: "x".repeat(1_000_000), duration: 1 }))
    expect(lines[0]?.length).toBeLessThan(1000)
  })

  it("falls silent when it is disposed", () => {
    const lines: string[] = []
    {
      using _ = consoleReporter({ events: [request], write: (line) => lines.push(line) })
    }
    request.emit(() => ({ path: "/", duration: 1 }))
    expect([lines, request.active]).toEqual([[], false])
  })
})

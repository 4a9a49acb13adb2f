import { describe, expect, it } from "vitest"
import { createConn, type Plug, pipeline, Reply, requestSource } from "./index.ts"

const conn = () => createConn(requestSource(new Request("http://localhost/")))
const last = (conn: { text(text: string): Reply }) => conn.text("end")

describe("pipeline", () => {
  it("runs each plug around all that follow", () => {
    const order: string[] = []
    const named =
      (name: string): Plug =>
      (conn, next) => {
        order.push(`${name} in`)
        const answer = next(conn)
        order.push(`${name} out`)
        return answer
      }
    pipeline(pipeline(named("a"), named("b")), named("c"))(conn(), last)
    expect(order).toEqual(["a in", "b in", "c in", "c out", "b out", "a out"])
  })
  it("stays synchronous when its plugs are", () => {
    const one: Plug<{}, { n: number }> = (conn, next) => next(conn.assign({ n: 1 }))
    const two: Plug<{ n: number }, { m: number }> = (conn, next) =>
      next(conn.assign({ m: conn.assigns.n + 1 }))
    const answer = pipeline(one, two)(conn(), (conn) => conn.json(conn.assigns))
    expect(answer).toBeInstanceOf(Reply)
    expect(answer).toMatchObject({ body: '{"n":1,"m":2}' })
  })
  it("waits for a plug that has to", async () => {
    const slow: Plug = async (conn, next) => next(conn)
    const answer = pipeline(slow)(conn(), last)
    expect(answer).toBeInstanceOf(Promise)
    expect(await answer).toMatchObject({ body: "end" })
  })
  it("ends where a plug answers", () => {
    const stop: Plug = (conn) => conn.text("stopped")
    const never: Plug = () => expect.fail("ran behind an answer")
    expect(pipeline(stop, never)(conn(), last)).toMatchObject({ body: "stopped" })
  })
  it("is empty without plugs", () => {
    expect(pipeline()(conn(), last)).toMatchObject({ body: "end" })
  })
  it("runs each time anew, also at the same time", async () => {
    const slow: Plug = async (conn, next) => next(conn)
    const both = pipeline(slow)
    const answers = await Promise.all([
      both(conn(), last),
      both(conn(), (conn) => conn.text("other")),
    ])
    expect(answers.map((answer) => Reply.is(answer) && answer.body)).toEqual(["end", "other"])
  })
})

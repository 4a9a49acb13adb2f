import { type Conn, Reply, route } from "@bennu/plug"
import { type Arrived, arrivedAt } from "./arrived.ts"
import type { AppRouter } from "./join-options.ts"
import { pipelineRefusal, type Refusal, unauthorized } from "./refusal.ts"

const headerOf = (answer: Response | Reply, name: string): string | null =>
  Reply.is(answer) ? answer.header(name) : answer.headers.get(name)

/** Sends a joining page through the pipeline that its address has: the guards that answer the page guard its view. */
export const throughPipeline = (conn: Conn, router: AppRouter): Promise<Arrived | Refusal> =>
  arrivalOf(conn, router, () => arrivedAt(conn))

/** As {@link throughPipeline}. @param find What the handler at its end left behind; null when it let nobody in. */
export async function arrivalOf<T extends object>(
  conn: Conn,
  router: AppRouter,
  find: () => T | null,
): Promise<T | Refusal> {
  try {
    const answer = await route(router, conn)
    return arrivalBy(answer, find)
  } catch (error) {
    const refusal = pipelineRefusal(error)
    if (refusal) return refusal
    throw error
  }
}

/** A plug may have answered in place of the view, or after it. */
function arrivalBy<T>(answer: Response | Reply, find: () => T | null): T | Refusal {
  const location = headerOf(answer, "location")
  if (answer.status >= 300 && answer.status < 400 && location !== null) {
    return { redirect: { to: location } }
  }
  const arrived = find()
  return arrived && answer.status < 300 ? arrived : unauthorized
}

import type { Result } from "@bennu/core"
import { ClientError } from "./error.ts"
import type { Problem, Refusal } from "./types.ts"

/** Reads an answer: JSON as what it says, text as it is, nothing as `null`. */
export async function readAnswer(
  response: Response,
  maxBytes: number,
): Promise<Result<unknown, Refusal>> {
  const { status, headers } = response
  const text = await readText(response, maxBytes)
  const type = headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase() ?? ""
  const isJson = type === "application/json" || type.endsWith("+json")
  // the client trusts the types of its server: what schemas let out is what comes
  if (response.ok) return { ok: true, value: isJson ? parsed(text, response) : text || null }
  const body = isJson ? attempt(text) : text || null
  const problem = type === "application/problem+json" && isProblem(body) ? body : null
  return { ok: false, error: { status, code: problem?.code ?? null, problem, body, headers } }
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return ""
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let [text, size] = ["", 0]
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.byteLength
    if (size > maxBytes) {
      await reader.cancel()
      throw new ClientError(response.url, `answered with more than ${maxBytes} bytes`)
    }
    text += decoder.decode(value, { stream: true })
  }
}

function parsed(text: string, { url }: Response): unknown {
  if (text === "") return null
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ClientError(url, "answered with what is no JSON, and says it were", { cause })
  }
}

function attempt(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === "object" && body !== null && "code" in body && typeof body.code === "string"

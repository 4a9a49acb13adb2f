// A store of objects that are sent in parts, as S3 has them: whoever has a signed URL may send one part of one object.
import { createHash } from "node:crypto"
import type { Secret } from "@bennu/core/crypto"
import { signer } from "@bennu/core/crypto"
import type { UploadEntry } from "@bennu/live"
import { put } from "@bennu/plug"
import { paths } from "@bennu/router"

const PART = 256_000
/** Objects that are kept at once: the oldest goes first. */
const KEPT = 10

const path = paths({ part: "PUT /bucket/:token" })

export interface StoredObject {
  readonly bytes: number
  readonly sha256: string
}

export function openBucket(secret: Secret) {
  const urls = signer(secret, "part of an object")
  const objects = new Map<string, Map<number, Uint8Array>>()

  /** What the page's uploader needs to send an object by itself. */
  function start({ uuid, clientSize }: UploadEntry) {
    const [oldest] = objects.keys()
    if (objects.size >= KEPT && oldest !== undefined) objects.delete(oldest)
    objects.set(uuid, new Map())
    const parts = Array.from({ length: Math.ceil(clientSize / PART) }, (_, part) =>
      path.part({ token: urls.sign([uuid, part]) }),
    )
    return { key: uuid, size: PART, parts }
  }

  /** Puts the parts together. */
  function complete(key: string): StoredObject {
    const parts = [...(objects.get(key) ?? [])].sort(([one], [other]) => one - other)
    objects.delete(key)
    const hash = createHash("sha256")
    for (const [, bytes] of parts) hash.update(bytes)
    return {
      bytes: parts.reduce((sum, [, bytes]) => sum + bytes.length, 0),
      sha256: hash.digest("hex"),
    }
  }

  const route = put(path.part, async (conn) => {
    const claims = urls.verify(conn.params.token, { maxAge: "15m" })
    const [key, part] = claims.ok && Array.isArray(claims.value) ? claims.value : []
    const object = objects.get(String(key))
    const bytes = new Uint8Array(await conn.request.arrayBuffer())
    if (!object || bytes.length > PART) return conn.text("no such part").withStatus(403)
    object.set(Number(part), bytes)
    return conn.text("")
  })
  return { start, complete, route }
}

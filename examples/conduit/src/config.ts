import { readFileSync } from "node:fs"
import { join } from "node:path"
import { developmentSecret, env } from "@bennu/core"
import * as z from "zod"

const file = z.string().transform((path, { issues }) => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    issues.push({ code: "custom", message: "is no file that can be read", input: path })
    return z.NEVER
  }
})
const secret = z.string().min(64)

const Config = z
  .object({
    PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
    REUSE_PORT: z.stringbool().default(false),
    SOCKET: z.string().min(1).optional(),
    TLS_CERT: file.optional(),
    TLS_KEY: file.optional(),
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
    SECRET_KEY_BASE: secret.optional(),
    SECRET_KEY_BASE_BEFORE: secret.optional(),
    DATA_DIR: z.string().min(1).default(".data"),
    PUBLIC_HOST: z.string().optional(),
    TRUST_PROXY: z.string().optional(),
    LIVE_RELOAD: z.stringbool().default(false),
  })
  .refine(({ TLS_CERT, TLS_KEY }) => (TLS_CERT === undefined) === (TLS_KEY === undefined), {
    path: ["TLS_KEY"],
    message: "goes with TLS_CERT, and TLS_CERT with it",
  })

/** What the environment says, in the words of the parts that it is for. @throws {EnvError} */
export function configOf(source: NodeJS.ProcessEnv) {
  const given = env(Config, source)
  const { SOCKET, TLS_CERT, TLS_KEY, DATA_DIR: data } = given
  const now = given.SECRET_KEY_BASE ?? developmentSecret(join(data, "secret"))
  const before = given.SECRET_KEY_BASE_BEFORE
  return {
    data,
    databaseUrl: given.DATABASE_URL,
    redisUrl: given.REDIS_URL,
    // the first one signs; what the other one signed is still believed
    secret: before === undefined ? now : [now, before],
    host: given.PUBLIC_HOST,
    liveReload: given.LIVE_RELOAD,
    listen: {
      path: SOCKET,
      port: SOCKET === undefined ? given.PORT : undefined,
      reusePort: given.REUSE_PORT,
      tls: TLS_CERT && TLS_KEY ? { cert: TLS_CERT, key: TLS_KEY } : undefined,
      http2: TLS_CERT !== undefined,
      trustProxy: given.TRUST_PROXY?.split(","),
    },
  }
}

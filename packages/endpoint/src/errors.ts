import { BennuError } from "@bennu/core"

/** The client left before the body of its request had arrived. */
export class ClientGoneError extends BennuError {
  readonly code = "ERR_ENDPOINT_CLIENT_GONE"
  override readonly status = 400
  constructor() {
    super("the client left before the body of its request had arrived")
  }
}

/** The body of a request came by drops. */
export class BodyTooSlowError extends BennuError {
  readonly code = "ERR_ENDPOINT_BODY_TOO_SLOW"
  override readonly status = 408
  /** Bytes a second that it had to come by. */
  readonly rate: number
  constructor(rate: number) {
    super(`the body came at less than ${rate} bytes a second`)
    this.rate = rate
  }
}

/** The body of a request took too long to arrive. */
export class BodyTimeoutError extends BennuError {
  readonly code = "ERR_ENDPOINT_BODY_TIMEOUT"
  override readonly status = 408
  /** Milliseconds that it might take. */
  readonly timeout: number
  constructor(timeout: number) {
    super(`the body had not arrived after ${timeout} ms`, {
      hint: "Where large bodies come, such as files, give the scope more: { limits: { requestTimeout } }.",
    })
    this.timeout = timeout
  }
}

/** Where to listen. */
export interface ListenAddress {
  readonly port?: number | undefined
  readonly host?: string | undefined
  /** Of a Unix socket. */
  readonly path?: string | undefined
}

/** The address to listen on is not to be had. */
export class ListenError extends BennuError {
  readonly code: "ERR_ENDPOINT_PORT_TAKEN" | "ERR_ENDPOINT_PORT_DENIED" | "ERR_ENDPOINT_LISTEN"
  readonly port: number | undefined
  readonly host: string | undefined
  constructor({ port, host, path }: ListenAddress, cause: unknown) {
    const where = path ?? (host === undefined ? `port ${port}` : `${host}, port ${port}`)
    const { code, problem, hint } = explain(where, port ?? 0, codeOf(cause))
    super(problem, { cause, hint })
    this.code = code
    this.port = port
    this.host = host
  }
}

const codeOf = (cause: unknown): unknown =>
  cause instanceof Error && "code" in cause ? cause.code : undefined

function explain(where: string, port: number, cause: unknown) {
  if (cause === "EADDRINUSE") {
    return {
      code: "ERR_ENDPOINT_PORT_TAKEN",
      problem: `${where} is taken by another process`,
      hint: `Stop it (lsof -i :${port} tells which it is), or choose another port: PORT=${port + 1}.`,
    } as const
  }
  if (cause === "EACCES") {
    return {
      code: "ERR_ENDPOINT_PORT_DENIED",
      problem: `${where} may not be listened on by this user`,
      hint: "Ports below 1024 are for privileged users: choose another, such as PORT=4000, and put a proxy in front.",
    } as const
  }
  return {
    code: "ERR_ENDPOINT_LISTEN",
    problem: `${where} cannot be listened on`,
    hint: "The host has to be an address of this machine: 127.0.0.1 for this machine only, :: for all.",
  } as const
}

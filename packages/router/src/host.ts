import { PatternError } from "./errors.ts"

// RFC 1035 §2.3.4; a host that is longer is none
const MAX_LENGTH = 253

/** What stands before a host's name when all that is beneath it is meant. */
const BENEATH = "*."

/**
 * Looks up what was declared for a host: its name itself, else the longest `*.name` that it is beneath.
 * @example hosts.of("a.example.com:4000") // what "a.example.com" has, then "*.example.com", then "*.com"
 */
export class Hosts<T> {
  readonly #exact = new Map<string, T>()
  readonly #beneath = new Map<string, T>()

  /** @throws {PatternError} when the name is no host's, or has a port. */
  set(name: string, value: T): void {
    const beneath = name.startsWith(BENEATH)
    const host = beneath ? name.slice(BENEATH.length) : name
    if (!isHost(host)) {
      const hint = `Hosts are lower-case names without a port: "api.example.com", "*.example.com".`
      throw new PatternError(name, "is the name of no host", { hint })
    }
    if (beneath) this.#beneath.set(host, value)
    else this.#exact.set(host, value)
  }

  /**
   * What a host has, the most exact first.
   * @param host As the header says it: in any case, perhaps with a port.
   */
  of(host: string): T[] {
    const name = nameOfHost(host)
    if (name.length > MAX_LENGTH) return []
    const found = [this.#exact.get(name)]
    for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
      found.push(this.#beneath.get(name.slice(dot + 1)))
    }
    return found.filter((value) => value !== undefined)
  }
}

/** Names and IPv4 addresses by their labels, IPv6 addresses in brackets. */
function isHost(name: string): boolean {
  if (/^\[[0-9a-f:.]+\]$/.test(name)) return true
  return name.length <= MAX_LENGTH && name.split(".").every((label) => /^[a-z0-9_-]+$/.test(label))
}

/** Without the port, and the dot that an absolute name may end with; lower case. */
function nameOfHost(host: string): string {
  const bracket = host.lastIndexOf("]")
  const colon = host.indexOf(":", bracket + 1)
  const name = colon === -1 ? host : host.slice(0, colon)
  return (name.endsWith(".") ? name.slice(0, -1) : name).toLowerCase()
}

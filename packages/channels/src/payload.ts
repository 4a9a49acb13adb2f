/** Text that already is JSON. Only `encoded` makes one. */
export class Encoded {
  readonly #json: string

  private constructor(json: string) {
    this.#json = json
  }

  /** @internal */
  static of(json: string): Encoded {
    return new Encoded(json)
  }

  toString(): string {
    return this.#json
  }
}

/**
 * Vouches that a text is the JSON of an object, so that it is sent as it is: for engines that build their
 * frames as text, and for what is sent to many.
 */
export const encoded = (json: string): Encoded => Encoded.of(json)

/** What a frame carries: an object that `JSON.stringify` takes, JSON text made before, or bytes. */
export type Payload = object | Encoded | Uint8Array

/** The JSON of a payload that is not bytes. */
export function jsonOf(payload: object): string {
  if (payload instanceof Encoded) return payload.toString()
  const json = JSON.stringify(payload)
  // JSON.stringify answers undefined for a function, which TypeScript takes for an object
  if (json === undefined) throw new TypeError("a payload has to be an object that JSON can hold")
  return json
}

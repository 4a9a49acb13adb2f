/** An answer that cannot be read. What is refused is no error but a `Result`; a network that fails rejects as `fetch` does. */
export class ClientError extends Error {
  // no BennuError: a page loads none of the server for it
  override readonly name = "ClientError"
  readonly code = "ERR_PLUG_CLIENT"
  readonly url: string
  constructor(url: string, problem: string, options: { readonly cause?: unknown } = {}) {
    super(`${url} ${problem}`, options)
    this.url = url
  }
}

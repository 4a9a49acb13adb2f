import { describe, expect, it } from "vitest"
import { ListenError } from "./index.ts"

const denied = Object.assign(new Error("listen EACCES"), { code: "EACCES" })

describe("ListenError", () => {
  it("says what to do about a port that is for privileged users", () => {
    const error = new ListenError({ port: 80, host: "127.0.0.1" }, denied)
    expect(error).toMatchObject({ code: "ERR_ENDPOINT_PORT_DENIED", port: 80, cause: denied })
    expect(error.hint).toContain("below 1024")
  })
})

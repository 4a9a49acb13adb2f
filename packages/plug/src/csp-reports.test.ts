import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import {
  type CspViolation,
  cspReports,
  cspViolated,
  readCspReports,
  secureHeaders,
  securityHeaders,
} from "./headers.ts"
import { app, get, post, scope } from "./index.ts"

const report = (body: unknown, type = "application/reports+json") =>
  new Request("https://app.example/csp", {
    method: "POST",
    headers: { "content-type": type },
    body: typeof body === "string" ? body : JSON.stringify(body),
  })
const modern = {
  type: "csp-violation",
  body: {
    documentURL: "https://app.example/page?token=secret#x",
    blockedURL: "inline",
    effectiveDirective: "script-src-elem",
    sourceFile: "https://app.example/app.js?v=1",
    lineNumber: 7,
    disposition: "report",
    sample: "alert(1)",
  },
}
const heard = {
  directive: "script-src-elem",
  blocked: "inline",
  page: "https://app.example/page",
  source: "https://app.example/app.js",
  line: 7,
  disposition: "report",
  sample: "alert(1)",
}

describe("readCspReports", () => {
  it("reads what the Reporting API sends, without queries of addresses", async () => {
    expect(await readCspReports(report([modern, { type: "deprecation", body: {} }]))).toEqual([
      heard,
    ])
  })
  it("reads the older form", async () => {
    const old = {
      "csp-report": {
        "document-uri": "https://app.example/page?token=secret",
        "blocked-uri": "https://evil.example/x.js?y",
        "violated-directive": "script-src",
        "line-number": 1.5,
      },
    }
    expect(await readCspReports(report(old, "application/csp-report"))).toEqual([
      {
        directive: "script-src",
        blocked: "https://evil.example/x.js",
        page: "https://app.example/page",
        source: "",
        line: null,
        disposition: "enforce",
        sample: "",
      },
    ])
  })
  it("gives short texts that no log line could be broken with", async () => {
    const body = {
      ...modern.body,
      sample: `a\r\nFAKE LINE \u001b[31m\u2028\u0000${"x".repeat(1000)}`,
      effectiveDirective: { toString: "x" },
      constructor: "x",
    }
    const [violation] = await readCspReports(report([{ ...modern, body }]))
    expect(violation?.sample).toMatch(/^a {2}FAKE LINE {2}\[31m {2}x{0,300}$/)
    expect(violation?.sample).toHaveLength(300)
    expect(violation?.directive).toBe("")
  })
  it("is bounded", async () => {
    expect(await readCspReports(report(Array(100).fill(modern)))).toHaveLength(20)
    await expect(readCspReports(report("x".repeat(65_537)))).rejects.toMatchObject({ status: 413 })
    await expect(readCspReports(report("[".repeat(100)))).rejects.toMatchObject({ status: 413 })
  })
  it.each([
    ["{}", "application/json", 400],
    ["not json", "application/json", 400],
    ["null", "application/json", 400],
    ['{"csp-report":1}', "application/csp-report", 400],
    ['{"__proto__":{"csp-report":{}}}', "application/json", 400],
    ["{}", "text/plain", 415],
    ["{}", "application/json garbage", 415],
  ])("refuses %s as %s", async (body, type, status) => {
    await expect(readCspReports(report(body, type))).rejects.toMatchObject({ status })
  })
})

describe("cspReports", () => {
  const path = paths({ page: "/", csp: "/csp" })
  const { fetch } = app(
    router(
      post(path.csp, cspReports()),
      scope("/", secureHeaders({ reports: path.csp() }), [
        get(path.page, (conn) => conn.text("hi")),
      ]),
    ),
    { development: false },
  )
  it("tells of what browsers report, to where a page says", async () => {
    const violations: CspViolation[] = []
    using _ = cspViolated.subscribe((violation) => violations.push(violation))
    const { headers } = await fetch(new Request("https://app.example/"))
    expect(headers.get("reporting-endpoints")).toBe('csp="/csp"')
    expect(headers.get("content-security-policy")).toMatch(/; report-uri \/csp; report-to csp$/)
    // a browser that knows report-to takes it over https only, and then looks at nothing else
    const plain = (await fetch(new Request("http://app.example/"))).headers
    expect(plain.get("reporting-endpoints")).toBeNull()
    expect(plain.get("content-security-policy")).toMatch(/; report-uri \/csp$/)
    expect((await fetch(report([modern]))).status).toBe(204)
    expect((await fetch(report("nonsense"))).status).toBe(400)
    expect(violations).toEqual([heard])
  })
})

describe("a policy that is only tried", () => {
  const headers = (options: Parameters<typeof securityHeaders>[0]) =>
    new Map(securityHeaders(options)({ nonce: "N", secure: true }))
  it("is reported instead of the one that holds, or beside it", () => {
    const instead = headers({ reportOnly: true, reports: "/csp" })
    expect(instead.has("content-security-policy")).toBe(false)
    expect(instead.get("content-security-policy-report-only")).toContain("report-to csp")
    const beside = headers({ reportOnly: { "img-src": ["'none'"] }, reports: "/csp" })
    expect(beside.get("content-security-policy")).toContain("img-src 'self' data:")
    expect(beside.get("content-security-policy-report-only")).toContain("img-src 'none'")
  })
  it("is reported to a path or an https address, and nowhere else", () => {
    expect(headers({ reports: "https://reports.example/csp" }).get("reporting-endpoints")).toBe(
      'csp="https://reports.example/csp"',
    )
    for (const reports of ["csp", "//evil.example", "http://a.example", '/a"b', "/a b", "/a;b", ""])
      expect(() => securityHeaders({ reports })).toThrow(
        expect.objectContaining({ code: "ERR_PLUG_HEADER" }),
      )
  })
})

import type { Route, Router } from "@bennu/router"
import { Command, Option } from "commander"
import { loadConfig } from "../load-config.ts"
import { loadRouter } from "../routes/load-router.ts"
import { showRoutes } from "../routes/show-routes.ts"
import type { Terminal } from "../terminal.ts"

interface RoutesOptions {
  readonly config?: string
  readonly format: "text" | "json"
  readonly verb?: string
  readonly host?: string
  readonly for?: string
}

/** `bennu routes`: the routes of an app, and which of them answers an address. */
export const routesCommand = (terminal: Terminal): Command =>
  new Command("routes")
    .description("print the routes of the app: verb, address, handler, and where it is declared")
    .argument("[text]", "only those whose address, handler or place holds it")
    .option("-c, --config <file>", "the configuration (the nearest bennu.config.ts)")
    .addOption(
      new Option("-f, --format <format>", "what to print")
        .choices(["text", "json"])
        .default("text"),
    )
    .option("--verb <verb>", "only those that answer it; with --for, the verb asked by (GET)")
    .option("--for <path>", "only the one that answers this address, as it is sent")
    .option("--host <host>", "the host that --for asks for")
    .action(async (text: string | undefined, options: RoutesOptions) => {
      const { cwd } = terminal
      const router = await loadRouter(await loadConfig(cwd, options.config))
      const shown = asked(router, options).filter(
        (route) => text === undefined || showRoutes([route], "text", cwd).includes(text),
      )
      terminal.out(showRoutes(shown, options.format, cwd))
      if (shown.length > 0) return
      terminal.err(`${why(router, options)}\n`)
      terminal.exitCode = 1
    })

function asked(router: Router<unknown>, options: RoutesOptions): readonly Route<unknown>[] {
  const { for: address, host } = options
  const verb = options.verb?.toUpperCase()
  if (address !== undefined) {
    const match = router.match(verb ?? "GET", pathOf(address), host)
    return match === null ? [] : [match.route]
  }
  return verb === undefined ? router.routes : router.routes.filter((route) => answers(route, verb))
}

const answers = ({ verb }: Route<unknown>, asked: string): boolean =>
  verb === asked || verb === "*" || (verb === "GET" && asked === "HEAD")

const pathOf = (address: string): string => address.split("?", 1)[0] ?? ""

/** Why no route is shown. */
function why(router: Router<unknown>, { for: address, host }: RoutesOptions): string {
  if (address === undefined) return "there is no such route"
  const allowed = router.allowed(pathOf(address), host)
  return allowed.length === 0
    ? `nothing answers ${address}`
    : `${address} answers ${allowed.join(", ")} only`
}

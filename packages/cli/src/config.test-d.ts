import { test } from "vitest"
import { defineConfig } from "./index.ts"

test("a configuration names contexts that there are", () => {
  defineConfig({ contexts: { accounts: { path: "src/accounts" } } })
  defineConfig({
    contexts: {
      accounts: { path: "src/accounts" },
      todos: { path: ["src/todos.ts"], uses: ["accounts"] },
    },
  })
  defineConfig({
    contexts: {
      accounts: { path: "src/accounts" },
      // @ts-expect-error nobody declared such a context
      todos: { path: "src/todos.ts", uses: ["acounts"] },
    },
  })
  // @ts-expect-error a context is somewhere
  defineConfig({ contexts: { accounts: {} } })
  // @ts-expect-error there is no such option
  defineConfig({ boundaries: { source: ["src"] } })
})

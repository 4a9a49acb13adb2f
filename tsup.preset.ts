import { defineConfig, type Options } from "tsup"

/** What every package builds with. Types come from tsc: tsup's own dts needs TypeScript < 7. */
export function library(options: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: ["src/index.ts"],
    format: ["esm"],
    platform: "node",
    target: "node24",
    sourcemap: true,
    clean: true,
    dts: false,
    ...options,
  })
}

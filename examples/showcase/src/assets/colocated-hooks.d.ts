// What src/build-assets.ts makes of the hooks that stand in the views.
declare module "colocated-hooks" {
  import type { HooksOptions } from "phoenix_live_view"
  export const hooks: HooksOptions
}

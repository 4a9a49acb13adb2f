import { paths } from "@bennu/router"

/** Names, verbs and patterns only, so that anything may import it without a cycle. */
export const path = paths({
  home: "/",
  components: "/components",
  flash: "/flash",
  title: "/title",
  forms: "/forms",
  nestedForms: "/nested-forms",
  uploads: "/uploads",
  streams: "/streams",
  sorting: "/sorting",
  navigation: "/navigation",
  elsewhere: "/navigation/elsewhere",
  plain: "/navigation/plain",
  player: "/player",
  tune: "/tune.wav",
  portal: "/portal",
  chat: "/chat",
  presence: "/presence",
  async: "/async",
  crash: "/crash",
  survival: "/survival",
  commands: "/js-commands",
  hooks: "/hooks",
  webComponents: "/web-components",
  cspReports: "POST /csp-reports",
})

import { paths } from "@bennu/router"

/** Names and patterns only, so that anything may import it without a cycle. */
export const path = paths({ all: "/", active: "/active", completed: "/completed" })

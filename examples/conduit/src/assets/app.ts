// What runs in the browser: the official Phoenix clients, as they come from npm, and nothing else.
import { Socket } from "phoenix"
import { LiveSocket } from "phoenix_live_view"

const token = document.querySelector<HTMLMetaElement>("meta[name='csrf-token']")?.content
const live = new LiveSocket("/live", Socket, { params: () => ({ _csrf_token: token }) })
live.connect()

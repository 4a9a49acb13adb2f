import { html } from "@bennu/html"
import type { LiveLayout } from "@bennu/live"
import type { Layout } from "@bennu/plug"
import type { Assets } from "./build-assets.ts"
import { shell } from "./components.ts"
import { path } from "./routes.ts"
import { themeOf } from "./theme.ts"
import type { Scope } from "./vocabulary.ts"

/** The document around every page; rendered once, never patched. */
export const document =
  ({ file }: Assets): Layout =>
  ({ title, head, content, csrfToken, nonce, conn }) =>
    html`<!doctype html>
<html lang="en" data-theme="${themeOf(conn)}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="csrf-token" content="${csrfToken}">
    <title data-default="Conduit" data-suffix=" · Conduit">${title} · Conduit</title>
    <link rel="icon" href="data:,">
    <link rel="alternate" type="application/atom+xml" title="Conduit" href="${path.feed({ format: "atom" })}">
    <link rel="alternate" type="application/feed+json" title="Conduit" href="${path.feed({ format: "json" })}">
    <link rel="stylesheet" href="${file("app.css")}" phx-track-static>
    <script defer nonce="${nonce}" src="${file("app.js")}" phx-track-static></script>
    ${head}
  </head>
  <body>${content}</body>
</html>`

/** Around each live view, and patched with it. */
export const liveLayout: LiveLayout<Scope> = ({ scope, flash, url, content }) =>
  shell({ scope, flash, at: url.pathname, content })

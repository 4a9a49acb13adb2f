#!/usr/bin/env node
// Tells editors about the templates in their modules: bennu-html-language-server, over standard input and output
const help = `bennu-html-language-server: tells an editor about the html\`…\` templates in its modules.

It is started by the editor, and speaks the Language Server Protocol over standard input and output.
It needs vscode-languageserver, vscode-languageserver-textdocument, vscode-html-languageservice and oxc-parser:

  npm install --save-dev vscode-languageserver vscode-languageserver-textdocument vscode-html-languageservice oxc-parser`

/** What it stands on are optional peers of the package, so they may be missing. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND"

if (process.argv.includes("--help")) console.log(help)
else {
  try {
    const { serveLanguage } = await import("./server.ts")
    serveLanguage(process.stdin, process.stdout)
  } catch (error) {
    if (!isMissing(error)) throw error
    console.error(help)
    process.exitCode = 1
  }
}

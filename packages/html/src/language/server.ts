import type { Readable, Writable } from "node:stream"
import { getLanguageService, type HTMLDocument } from "vscode-html-languageservice"
import {
  type CompletionList,
  createConnection,
  type Diagnostic,
  type Hover,
  type Position,
  ProposedFeatures,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver/node"
import { TextDocument } from "vscode-languageserver-textdocument"
import { checkSource } from "../check/check-source.ts"
import { markupAt } from "./markup-at.ts"

// What an editor calls a language, as the ending by which parsers know it.
const endings: ReadonlyMap<string, string> = new Map([
  ["javascript", "js"],
  ["javascriptreact", "jsx"],
  ["typescript", "ts"],
  ["typescriptreact", "tsx"],
])
/** A module that is longer was not written by hand, and is left alone. */
const MAX_LENGTH = 1_000_000
const WARNING = 2
const ERROR = 1

/**
 * Tells an editor about the templates in its modules, by the Language Server Protocol: what is wrong in them while they are written, and
 * what HTML has to offer where the cursor is.
 * @see Language Server Protocol 3.17
 */
export function serveLanguage(input: Readable, output: Writable): void {
  const connection = createConnection(ProposedFeatures.all, input, output)
  const documents = new TextDocuments(TextDocument)
  const html = getLanguageService()

  connection.onInitialize(() => ({
    serverInfo: { name: "bennu-html" },
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Incremental,
      completionProvider: { triggerCharacters: ["<", "/", " ", "=", '"'] },
      hoverProvider: true,
    },
  }))
  documents.onDidChangeContent(({ document }) => tell(document, problemsOf(document)))
  documents.onDidClose(({ document }) => tell(document, []))
  connection.onCompletion(({ textDocument: { uri }, position }) =>
    inMarkup<CompletionList>(uri, position, (markup, parsed) =>
      html.doComplete(markup, position, parsed),
    ),
  )
  connection.onHover(({ textDocument: { uri }, position }) =>
    inMarkup<Hover>(uri, position, (markup, parsed) => html.doHover(markup, position, parsed)),
  )
  documents.listen(connection)
  connection.listen()

  function tell({ uri, version }: TextDocument, diagnostics: Diagnostic[]): void {
    void connection.sendDiagnostics({ uri, version, diagnostics })
  }

  function inMarkup<T>(
    uri: string,
    position: Position,
    ask: (markup: TextDocument, parsed: HTMLDocument) => T | null,
  ): T | null {
    const document = documents.get(uri)
    const file = document && fileOf(document)
    if (!file) return null
    const text = markupAt(file, document.getText(), document.offsetAt(position))
    if (text === null) return null
    const markup = TextDocument.create(uri, "html", document.version, text)
    return ask(markup, html.parseHTMLDocument(markup))
  }
}

function fileOf(document: TextDocument): string | null {
  const ending = endings.get(document.languageId)
  return ending === undefined || document.getText().length > MAX_LENGTH ? null : `module.${ending}`
}

/** Each marks its line. What cannot be parsed is TypeScript's to tell. */
function problemsOf(document: TextDocument): Diagnostic[] {
  const file = fileOf(document)
  if (file === null) return []
  const lines = document.getText().split("\n")
  return checkSource(file, document.getText())
    .problems.filter(({ rule }) => rule !== "syntax")
    .map(({ rule, message, line }) => {
      const text = lines[line - 1] ?? ""
      const start = { line: line - 1, character: text.length - text.trimStart().length }
      const end = { line: line - 1, character: text.trimEnd().length }
      const severity = rule === "hole" ? ERROR : WARNING
      return { range: { start, end }, severity, source: "bennu-html", code: rule, message }
    })
}

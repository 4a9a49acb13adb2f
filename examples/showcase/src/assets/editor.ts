// An editor from npm. It makes styles for itself, which the policy of the
// page allows by its nonce.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands"
import { markdown } from "@codemirror/lang-markdown"
import { syntaxHighlighting } from "@codemirror/language"
import { EditorView, keymap, lineNumbers } from "@codemirror/view"
import { classHighlighter } from "@lezer/highlight"

const nonce = document.querySelector("script")?.nonce ?? ""

/** An editor in an element; `edited` hears of each change. */
export function openEditor(parent: HTMLElement, doc: string, edited: (text: string) => void) {
  return new EditorView({
    parent,
    doc,
    extensions: [
      EditorView.cspNonce.of(nonce),
      EditorView.darkTheme.of(matchMedia("(prefers-color-scheme: dark)").matches),
      EditorView.contentAttributes.of({ "aria-label": "Text, in Markdown" }),
      EditorView.lineWrapping,
      lineNumbers(),
      history(),
      // Tab leaves the editor, as it leaves any other field
      keymap.of([...defaultKeymap, ...historyKeymap]),
      markdown(),
      syntaxHighlighting(classHighlighter),
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) edited(state.doc.toString())
      }),
    ],
  })
}

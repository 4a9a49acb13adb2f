import type { Changeset } from "./changeset.ts"
import { changesetSource } from "./changeset-source.ts"
import { ChangesetValue } from "./changeset-value.ts"
import { dataSource } from "./data-source.ts"
import type { DataFormOptions, Form, FormOptions } from "./form.ts"
import { formOf } from "./form-of.ts"
import type { Row, Schema } from "./schema.ts"
import { singular } from "./table.ts"
import { translated } from "./translated.ts"

/**
 * Turns a changeset into what a template needs: names, ids, values as text, and the errors to show.
 * @example html`<input ${attrs({ id: form.fields.title.id, name: form.fields.title.name })}>`
 */
export function toForm<S extends Schema>(
  changeset: Changeset<S>,
  options?: FormOptions,
): Form<Row<S> & S["$virtual"] & S["$relations"] & object>
/** A form without a schema: `data` names the fields and their values, `params` are what was sent since. */
export function toForm<D extends object>(data: D, options?: DataFormOptions): Form<D>
export function toForm(subject: object, options: DataFormOptions = {}): Form {
  const { as: name = "", action, params = null, errors: issues = [], rules } = options
  if (!ChangesetValue.is(subject)) {
    const place = { id: options.id ?? (idOf(name) || "form"), name, index: 0, hidden: [] }
    return formOf(dataSource(place, { data: { ...subject }, params, issues, action, rules }))
  }
  const id = options.id ?? (idOf(name) || singular(subject.schema.name))
  const said = options.translate ? translated(subject, options.translate) : subject
  return formOf(changesetSource({ id, name, index: 0, hidden: [] }, said, action))
}

/** `user[profile]` → `user_profile` */
const idOf = (name: string): string => name.replaceAll("[", "_").replaceAll("]", "")

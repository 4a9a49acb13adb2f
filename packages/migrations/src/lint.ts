export { type LintFinding, type LintOptions, lintMigrations } from "./lint/lint-migrations.ts"
export { type LintRule, lintRules } from "./lint/rule-names.ts"

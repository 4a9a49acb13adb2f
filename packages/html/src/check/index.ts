export { type CheckFilesOptions, checkFiles, type FilesReport } from "./check-files.ts"
export { checkSource, type SourceProblem, type SourceReport } from "./check-source.ts"
export { checkTemplate, type TemplateProblem } from "./check-template.ts"

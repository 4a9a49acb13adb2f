export { type FileRequest, fileReply, type ServedFile } from "./static/file-reply.ts"
export { type StaticFiles, type StaticOptions, staticFiles } from "./static/files.ts"
export { type ServeStaticOptions, serveStatic } from "./static/plug.ts"

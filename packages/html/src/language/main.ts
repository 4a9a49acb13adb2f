#!/usr/bin/env node
// Tells editors about the templates in their modules: bennu-html-language-server, over standard input and output
import { serveLanguage } from "./server.ts"

serveLanguage(process.stdin, process.stdout)

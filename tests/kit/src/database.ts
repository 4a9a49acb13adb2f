import { randomBytes } from "node:crypto"
import postgres from "postgres"
import { inject } from "vitest"
import "./setup.ts"

/** A new, empty database of the test server, dropped by drop(). */
export async function createDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = inject("databaseUrl")
  const name = `bennu_test_${randomBytes(6).toString("hex")}`
  const admin = postgres(server, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name}`)
  const url = new URL(server)
  url.pathname = name
  return {
    url: url.href,
    async drop() {
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end()
    },
  }
}

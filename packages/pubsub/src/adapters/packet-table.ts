import type { PostgresClient } from "./postgres-wire.ts"

/** Rows that a reader has read, after which others may still come to light that began before them. */
const UNSETTLED = 10_000
/** Packets that are read at once. */
const MAX_ROWS = 500

/** Packets for a minute: those that are too long to be notified, or all where notifications do not come through. */
export class PacketTable {
  readonly #name: string

  constructor(name: string) {
    this.#name = name.split(".").map(quoted).join(".")
  }

  /** Where it is missing. One statement text is one transaction, so the lock holds until it is there. */
  async create(client: PostgresClient): Promise<void> {
    const [found] = await client.unsafe("select to_regclass($1) is not null as found", [this.#name])
    if (found?.["found"] === true) return
    await client.unsafe(`
      select pg_advisory_xact_lock(hashtext('bennu.pubsub'));
      create unlogged table if not exists ${this.#name} (
        id bigint generated always as identity primary key,
        packet text not null,
        at timestamptz not null default clock_timestamp()
      );`)
  }

  async put(client: PostgresClient, packet: string): Promise<void> {
    await client.unsafe(`insert into ${this.#name} (packet) values ($1)`, [packet])
  }

  async putAndNotify(
    client: PostgresClient,
    packet: string,
    channel: string,
    mark: string,
  ): Promise<void> {
    const text = `
      with put as (insert into ${this.#name} (packet) values ($1) returning id)
      select pg_notify($2, $3 || id) from put`
    await client.unsafe(text, [packet, channel, mark])
  }

  async get(client: PostgresClient, id: string): Promise<string | null> {
    const text = `select packet from ${this.#name} where id = $1::bigint`
    const [row] = await client.unsafe(text, [id])
    return row ? String(row["packet"]) : null
  }

  async clean(client: PostgresClient, keep: number): Promise<void> {
    const text = `delete from ${this.#name} where at < clock_timestamp() - $1 * interval '1 ms'`
    await client.unsafe(text, [keep])
  }

  /** Reads what is put from now on. */
  async reader(client: PostgresClient): Promise<PacketReader> {
    const [row] = await client.unsafe(`select coalesce(max(id), 0) as last from ${this.#name}`)
    return new PacketReader(client, this.#name, Number(row?.["last"]))
  }
}

/**
 * Reads each packet once. Ids are given before they are committed, so that a lower one may come to light after a higher
 * one: those read of late are asked past.
 */
export class PacketReader {
  readonly #client: PostgresClient
  readonly #table: string
  /** Everything up to here has come to light. */
  #settled: number
  readonly #read = new Map<number, number>()

  constructor(client: PostgresClient, table: string, last: number) {
    this.#client = client
    this.#table = table
    this.#settled = last
  }

  async fresh(): Promise<readonly string[]> {
    const now = performance.now()
    for (const [id, at] of this.#read) {
      if (now - at < UNSETTLED) break
      this.#read.delete(id)
      this.#settled = Math.max(this.#settled, id)
    }
    const text = `
      select id, packet from ${this.#table}
      where id > $1 and not id = any(string_to_array($2, ',')::bigint[])
      order by id limit ${MAX_ROWS}`
    const rows = await this.#client.unsafe(text, [this.#settled, [...this.#read.keys()].join()])
    return rows.map((row) => {
      this.#read.set(Number(row["id"]), now)
      return String(row["packet"])
    })
  }
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

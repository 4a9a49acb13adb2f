/** The statements over a table. Keys and values come as base64; `$n` in their order. */
export function statementsFor(table: string) {
  if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(table)) {
    throw new TypeError(`${JSON.stringify(table)} is no name of a table: letters, digits and _`)
  }
  const key = "decode($1, 'base64')"
  const after = (wait: string) => `clock_timestamp() + ${wait}::float8 * interval '1 millisecond'`
  const alive = "(t.expires is null or t.expires > clock_timestamp())"
  const gone = "t.expires <= clock_timestamp()"
  const value = `t.kind = 'value' and t.key = ${key}`
  const insert = `insert into ${table} as t (kind, key, value, expires)
    values ('value', ${key}, decode($2, 'base64'), ${after("$3")})
    on conflict (kind, key) do update set value = excluded.value, expires = excluded.expires`
  // what `gcra` computes, on the time of the statement: who waited for another's row has an older one, and waits no less for it
  const now = "extract(epoch from statement_timestamp())::float8 * 1000"
  const paid = `greatest(t.number, ${now}) + $4::float8 * $2::float8`
  const allowed = `${paid} - $3::float8 * $2::float8 - ${now} <= 0.001`
  return {
    // two who make it at once would collide in the catalogue
    create: `do $$ begin
      perform pg_advisory_xact_lock(hashtext('${table}'));
      create table if not exists ${table} (
        kind text not null, key bytea not null, value bytea, number float8, prior float8, expires timestamptz,
        primary key (kind, key));
      end $$`,
    // the count of a lease outlives it
    sweep: `delete from ${table} t where t.kind <> 'lease' and ${gone}`,
    get: `select encode(t.value, 'base64') as value from ${table} t where ${value} and ${alive}`,
    set: insert,
    setNew: `${insert} where ${gone}`,
    setOld: `update ${table} t set value = decode($2, 'base64'), expires = ${after("$3")}
      where ${value} and ${alive} and t.value = decode($4, 'base64')`,
    delete: `delete from ${table} t where ${value}`,
    deleteOld: `delete from ${table} t where ${value} and ${alive} and t.value = decode($2, 'base64')`,
    take: `insert into ${table} as t (kind, key, prior, number, expires)
      values ('rate', ${key}, 0, ${now} + $4::float8 * $2::float8, ${after("$4::float8 * $2")})
      on conflict (kind, key) do update set prior = t.number,
        number = case when ${allowed} then ${paid} else t.number end,
        expires = to_timestamp((case when ${allowed} then ${paid} else t.number end) / 1000)
      returning t.prior, ${now} as now`,
    lease: `insert into ${table} as t (kind, key, number, expires) values ('lease', ${key}, 1, ${after("$2")})
      on conflict (kind, key) do update set number = t.number + 1, expires = excluded.expires where ${gone}
      returning t.number as token`,
    renew: `update ${table} t set expires = ${after("$3")}
      where t.kind = 'lease' and t.key = ${key} and t.number = $2::float8 and ${alive}`,
    release: `update ${table} t set expires = clock_timestamp()
      where t.kind = 'lease' and t.key = ${key} and t.number = $2::float8 and ${alive}`,
  }
}

import type { LintRule } from "./rule-names.ts"

/** What a rule finds, and what is safe beside it. `off` says that they run outside of a transaction. */
export interface Sample {
  readonly bad: readonly string[]
  readonly good: readonly string[]
  readonly off?: true
}

/** Two tables, t and u, are there and in use. */
export const samples: Readonly<Record<LintRule, Sample>> = {
  "add-column-volatile-default": {
    bad: [
      "alter table t add column a uuid default gen_random_uuid()",
      "alter table t add a timestamptz default clock_timestamp() not null",
      "alter table t add a int default 1 + random()::int",
      "alter table t add a text default cast(uuidv7() as text)",
    ],
    good: [
      "alter table t add column a int default 1",
      "alter table t add column a timestamptz not null default now()",
      "alter table t add column a timestamptz default current_timestamp",
      "alter table t add column a text[] default '{}'::text[]",
      "create table n (a uuid default gen_random_uuid())",
      "alter table t alter column a set default gen_random_uuid()",
    ],
  },
  "add-required-column": {
    bad: [
      "alter table t add column a int not null",
      "alter table s.t add a int not null, add b int",
    ],
    good: ["alter table t add column a int", "alter table t add column a int not null default 0"],
  },
  "add-serial-column": {
    bad: [
      "alter table t add column a bigserial",
      "alter table t add column a bigint generated always as identity",
    ],
    good: ["create table n (a bigint generated always as identity)"],
  },
  "add-stored-column": {
    bad: ["alter table t add a int generated always as (b + 1) stored"],
    good: ["create table n (b int, a int generated always as (b + 1) stored)"],
  },
  "change-all-rows": {
    bad: ["update t set a = 1", "delete from t"],
    good: ["create table n (a int); update n set a = 1", "update t set a = 1 where id = 2"],
  },
  "change-column-type": {
    bad: [
      "alter table t alter a type bigint",
      "alter table t alter column a set data type text using a::text",
    ],
    good: [
      "alter table t add column a_new bigint",
      "create table n (a int); alter table n alter a type bigint",
    ],
  },
  "change-rows-with-structure": {
    bad: [
      "alter table t add a int; update t set a = 1 where id < 9",
      "alter table t add a int; delete from u where id = 1",
    ],
    good: ["update t set a = 1 where id < 9; alter table t add b int"],
  },
  "check-without-not-valid": {
    bad: [
      "alter table t add constraint c check (a > 0)",
      "alter table t add a int check (a > 0)",
      "alter table t add constraint c not null a",
    ],
    good: [
      "alter table t add constraint c check (a > 0) not valid",
      "alter table t add constraint c not null a not valid",
      "create table n (a int check (a > 0))",
    ],
  },
  "concurrently-in-transaction": {
    bad: [
      "create index concurrently i on t (a)",
      "drop index concurrently i",
      "reindex index concurrently i",
      "reindex (concurrently) table t",
    ],
    good: ["create table n (a int); create index i on n (a)"],
  },
  "detach-without-concurrently": {
    off: true,
    bad: ["alter table t detach partition u"],
    good: ["alter table t detach partition u concurrently"],
  },
  "domain-constraint": {
    bad: ["alter domain d add constraint c check (value > 0)"],
    good: [
      "alter domain d add constraint c check (value > 0) not valid",
      "create domain d as int check (value > 0)",
    ],
  },
  "drop-column": {
    bad: ["alter table t drop a", "alter table t add b int, drop column if exists a"],
    good: [
      "create table n (a int, b int); alter table n drop a",
      "alter table t alter a drop default",
    ],
  },
  "drop-database": { off: true, bad: ["drop database d"], good: ["drop function f"] },
  "drop-index-without-concurrently": {
    off: true,
    bad: ["drop index i", "drop index if exists i, s.j"],
    good: ["drop index concurrently if exists i"],
  },
  "drop-not-null": {
    bad: ["alter table t alter a drop not null"],
    good: ["alter table t alter a drop default"],
  },
  "drop-schema": { bad: ["drop schema s cascade"], good: ["create schema s"] },
  "drop-sequence": { bad: ["drop sequence s"], good: ["create sequence s"] },
  "drop-table": {
    bad: ["drop table t", "drop table if exists s.t cascade"],
    good: ["create table n (); drop table n", "drop trigger x on t"],
  },
  "drop-type": { bad: ["drop type mood"], good: ["create type mood as enum ('sad')"] },
  "drop-view": {
    bad: ["drop view v", "drop materialized view v"],
    good: ["create view v as select 1; drop view v", "create or replace view v as select 1"],
  },
  "exclusion-constraint": {
    bad: ["alter table t add constraint c exclude using gist (a with &&)"],
    good: ["create table n (a int4range, exclude using gist (a with &&))"],
  },
  "foreign-key-without-not-valid": {
    bad: [
      "alter table t add constraint c foreign key (a) references u (id)",
      "alter table t add a int references u",
    ],
    good: [
      "alter table t add constraint c foreign key (a) references u (id) not valid",
      "create table n (a int references u)",
    ],
  },
  "index-without-concurrently": {
    off: true,
    bad: ["create index i on t (a)", "create unique index on s.t (lower(a)) where b"],
    good: ["create index concurrently i on t (a)", "create table n (a int); create index on n (a)"],
  },
  "lock-table": { bad: ["lock table t in share mode"], good: ["select 1"] },
  "name-too-long": {
    bad: [
      `create table ${"n".repeat(64)} ()`,
      `alter table t add constraint ${"ü".repeat(40)} check (a > 0) not valid`,
      `create table n (${"a".repeat(64)} int)`,
    ],
    good: [`create table ${"n".repeat(63)} ()`],
  },
  "no-char": {
    bad: ["create table n (a char(3))", "create table n (a character)"],
    good: ["create table n (a text)"],
  },
  "no-money": { bad: ["create table n (a money)"], good: ["create table n (a numeric(12, 2))"] },
  "prefer-bigint-key": {
    bad: ["create table n (id int primary key)", "create table n (id smallint primary key)"],
    good: ["create table n (id bigint primary key, a int)", "create table n (id uuid primary key)"],
  },
  "prefer-identity": {
    bad: ["create table n (id serial primary key)", "create table n (id bigserial)"],
    good: ["create table n (id bigint generated always as identity primary key)"],
  },
  "prefer-jsonb": {
    bad: ["create table n (a json)", "alter table t add a json"],
    good: ["create table n (a jsonb)"],
  },
  "prefer-text": {
    bad: ["create table n (a varchar(20))", "alter table t add a character varying(5)"],
    good: ["create table n (a text)", "create table n (a varchar)"],
  },
  "prefer-timestamptz": {
    bad: [
      "create table n (a timestamp)",
      "create table n (a timestamp(3) without time zone)",
      "create table n (a timetz)",
    ],
    good: ["create table n (a timestamptz)", "create table n (a date, b time)"],
  },
  "refresh-without-concurrently": {
    bad: ["refresh materialized view v"],
    good: [
      "refresh materialized view concurrently v",
      "create materialized view v as select 1; refresh materialized view v",
    ],
  },
  "reindex-without-concurrently": {
    off: true,
    bad: ["reindex index i", "reindex table t", "reindex (concurrently off) table t"],
    good: ["reindex index concurrently i", "reindex (concurrently) table t"],
  },
  "rename-column": {
    bad: ["alter table t rename a to b", "alter table t rename column a to b"],
    good: ["alter index i rename to j", "alter table t rename constraint c to d"],
  },
  "rename-schema": { bad: ["alter schema s rename to r"], good: ["create schema r"] },
  "rename-table": {
    bad: ["alter table t rename to v", "alter view v rename to w", "alter table t set schema s"],
    good: ["create table n (); alter table n rename to m"],
  },
  "rewrite-table": {
    off: true,
    bad: [
      "vacuum full t",
      "vacuum (full) t",
      "cluster t using i",
      "alter table t set unlogged",
      "alter table t set tablespace fast",
    ],
    good: ["vacuum t", "analyze t"],
  },
  "set-not-null": {
    bad: ["alter table t alter a set not null"],
    good: ["create table n (a int); alter table n alter a set not null"],
  },
  truncate: {
    bad: ["truncate t", "truncate t, u cascade"],
    good: ["create table n (); truncate n"],
  },
  "unique-without-index": {
    bad: [
      "alter table t add constraint c unique (a, b)",
      "alter table t add primary key (id)",
      "alter table t add a int unique",
    ],
    good: [
      "alter table t add constraint c unique using index i",
      "alter table t add constraint c primary key using index i",
      "create table n (a int unique)",
    ],
  },
  "unnamed-concurrent-index": {
    off: true,
    bad: ["create index concurrently on t (a)"],
    good: ["create index concurrently i on t (a)"],
  },
  unparsable: { bad: ["alter table t ad column a int"], good: ["do $$ begin nonsense end $$"] },
  "validate-where-added": {
    bad: [
      "alter table t add constraint c check (a > 0) not valid; alter table t validate constraint c",
    ],
    good: ["alter table t validate constraint c"],
  },
}

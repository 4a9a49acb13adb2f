-- up
create table todos (
  id uuid primary key default gen_random_uuid(),
  list_id uuid not null,
  place bigint generated always as identity,
  title text not null,
  done boolean not null default false,
  constraint todos_title_length check (char_length(title) between 1 and 500)
);
create index todos_list_id_index on todos (list_id, place);

-- down
drop table todos;

-- up
create table readers (
  id uuid primary key,
  name text not null,
  picture text,
  constraint readers_name_length check (char_length(name) between 1 and 40)
);

-- down
drop table readers;

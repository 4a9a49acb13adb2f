-- up
create table comments (
  id uuid primary key default gen_random_uuid(),
  article_id uuid not null references articles on delete cascade,
  body text not null,
  author text not null,
  reader_id uuid not null,
  inserted_at timestamptz not null default now(),
  constraint comments_body_length check (char_length(body) between 1 and 4000)
);
create index comments_article_id_index on comments (article_id, inserted_at, id);

-- down
drop table comments;

-- up
create table articles (
  id uuid primary key default gen_random_uuid(),
  slug text not null,
  title text not null,
  description text not null,
  body text not null,
  author text not null,
  reader_id uuid,
  inserted_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint articles_slug_unique unique (slug),
  constraint articles_title_length check (char_length(title) between 1 and 140)
);
create index articles_inserted_at_index on articles (inserted_at desc, id);

create table tags (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  constraint tags_name_unique unique (name)
);

create table article_tags (
  article_id uuid not null references articles on delete cascade,
  tag_id uuid not null references tags on delete cascade,
  primary key (article_id, tag_id)
);
create index article_tags_tag_id_index on article_tags (tag_id);

-- down
drop table article_tags;
drop table tags;
drop table articles;

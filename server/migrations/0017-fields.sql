-- A message with fields: what its author wrote stands in the message, what each recipient got in filled_text.
create table filling (
  id uuid primary key,
  organization_id uuid not null references organization,
  -- Under which the author sent it, so that sending it again is recognised; it may have been posted to a narrower audience.
  audience_id uuid not null,
  author_id uuid not null,
  message_id uuid not null,
  content_hash bytea not null,
  missing text not null check (missing in ('block', 'default', 'skip')),
  time_zone text,
  -- For those who have no text of their own, because they came later and may see what was before: without any person's values.
  fallback jsonb not null,
  recipients int not null default 0,
  skipped int not null default 0,
  -- Null until it is posted.
  posted_audience_id uuid,
  posted_number bigint,
  created_at timestamptz not null,
  unique (audience_id, author_id, message_id)
);

-- What one recipient got. Written before the message is posted; only an edit by the author replaces it.
create table filled_text (
  filling_id uuid not null references filling,
  person_id uuid not null,
  -- Null until the message is posted or given up: values are missing.
  parts jsonb,
  missing text[] not null default '{}',
  primary key (filling_id, person_id)
);
create index filled_text_of_person on filled_text (person_id);

-- Null: an ordinary message, whose parts everybody sees.
alter table message add column filling_id uuid;

alter table scheduled_message add column fields jsonb;

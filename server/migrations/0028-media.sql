-- Pictures, videos and files: who uploaded them and what the server found them to be. Their bytes lie in files.
create table media (
  -- Chosen by the client; it is the file's name too, so it is one for the whole server.
  id uuid primary key,
  organization_id uuid not null references organization,
  owner_id uuid not null,
  state text not null default 'arriving' check (state in ('arriving', 'checking', 'ready', 'refused')),
  -- The code of the reason, where it was refused.
  refusal text,
  name text not null,
  -- What the uploader says it is, and how many bytes it has. Never shown to others.
  claimed_type text not null,
  size bigint not null check (size > 0),
  -- What it is: known once it is ready.
  kind text check (kind in ('picture', 'video', 'file')),
  mime_type text,
  bytes bigint,
  width int,
  height int,
  preview_bytes bigint,
  created_at timestamptz not null,
  -- Null while a message holds it. What nobody holds for a day is removed.
  unused_since timestamptz,
  check ((state = 'ready') = (kind is not null and mime_type is not null and bytes is not null)),
  check ((state = 'refused') = (refusal is not null))
);
create index media_of_owner on media (owner_id, created_at) include (size);
create index media_unused on media (unused_since) where unused_since is not null;

-- Which messages hold it: whoever sees one of them may load it.
create table media_use (
  media_id uuid not null references media,
  audience_id uuid not null,
  number bigint not null,
  primary key (media_id, audience_id, number)
);
create index media_use_by_message on media_use (audience_id, number);

-- An account, global to the server. last_number and last_id are the head of the person's own log.
create table person (
  id uuid primary key,
  created_at timestamptz not null,
  last_number bigint not null default 0,
  last_id uuid
);

create table person_address (
  address text primary key,
  person_id uuid not null references person,
  created_at timestamptz not null
);
create index person_address_of_person on person_address (person_id);

create table person_event (
  person_id uuid not null,
  number bigint not null,
  id uuid not null,
  name text not null,
  body jsonb not null,
  at timestamptz not null,
  primary key (person_id, number)
);

create table device (
  id uuid primary key,
  person_id uuid not null references person,
  name text not null,
  class text not null check (class in ('mobile', 'desktop')),
  token_hash bytea not null unique,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  revoked_at timestamptz
);
create index device_of_person on device (person_id) where revoked_at is null;
create index device_revoked on device (revoked_at) where revoked_at is not null;

-- A code that was asked for, or sent with an invitation. Asking stores the same row for every address; the person and
-- the code are filled in afterwards, where there is a person, so nothing an outsider can see or measure differs.
create table access_code (
  request_id uuid primary key,
  address text not null,
  person_id uuid references person,
  -- Of an invitation: into which organization, and the hash of the link's token.
  organization_id uuid,
  token_hash bytea unique,
  code_hash bytea,
  attempts int not null default 0,
  requested_from text not null,
  created_at timestamptz not null,
  -- Codes for one address go out a minute apart.
  send_at timestamptz not null,
  expires_at timestamptz not null,
  -- Redeemed, or replaced by a later one.
  ended_at timestamptz,
  check ((organization_id is null) = (token_hash is null))
);
create index access_code_by_address on access_code (address, created_at) where token_hash is null;
create index access_code_by_source on access_code (requested_from, created_at) where token_hash is null;
create index access_code_by_time on access_code (created_at) where token_hash is null;
create index access_code_to_delete on access_code (expires_at);
create index access_code_of_invited on access_code (organization_id, person_id) where token_hash is not null;

-- Wrong guesses, kept for the limits of each account, each source and in total.
create table access_failure (
  id bigint generated always as identity primary key,
  address text not null,
  requested_from text not null,
  at timestamptz not null
);
create index access_failure_by_address on access_failure (address, at);
create index access_failure_by_source on access_failure (requested_from, at);
create index access_failure_by_time on access_failure (at);

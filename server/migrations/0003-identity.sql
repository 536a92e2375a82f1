-- An account, global to the server. last_number and last_id are the head of the person's own log.
create table person (
  id uuid primary key,
  locale text not null default 'en',
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

-- A code that was asked for, or sent with an invitation. For unknown addresses there is a row too, without a person:
-- nothing an outsider can see differs.
create table access_code (
  request_id uuid primary key,
  address text not null,
  person_id uuid references person,
  organization_id uuid,
  -- Of the link's token; only invitations have one.
  token_hash bytea unique,
  code_hash bytea not null,
  attempts int not null default 0,
  requested_from text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index access_code_by_address on access_code (address, created_at);
create index access_code_by_source on access_code (requested_from, created_at);
create index access_code_by_time on access_code (created_at);

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

-- Opens the wizard. Printed at start; only its hash is kept.
create table setup_token (
  token_hash bytea primary key,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

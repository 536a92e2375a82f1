-- Owners stand above administrators: the first administrator of each organization becomes one. Whoever serves
-- customers is an agent, whatever their role.
alter table member drop constraint member_role_check;
alter table member alter column role set default 'member';
update member set role = 'member' where role = 'employee';
update member set role = 'owner' from (
  select distinct on (organization_id) organization_id, person_id from member
  where role = 'administrator' and state <> 'deactivated'
  order by organization_id, state, created_at, person_id
) as first
where member.organization_id = first.organization_id and member.person_id = first.person_id;
alter table member add constraint member_role_check check (role in ('owner', 'administrator', 'member'));
alter table member add column is_agent boolean not null default false;

-- A browser with which somebody has signed in. What strangers do to their address is not counted against it.
create table known_browser (
  token_hash bytea not null,
  person_id uuid not null references person,
  used_at timestamptz not null,
  primary key (token_hash, person_id)
);
create index known_browser_of_person on known_browser (person_id, used_at);

alter table access_code add column is_known boolean not null default false;
alter table access_failure add column is_known boolean not null default false;

create table passkey (
  -- The credential's own id, base64url.
  id text primary key,
  person_id uuid not null references person,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  name text not null,
  created_at timestamptz not null,
  used_at timestamptz
);
create index passkey_of_person on passkey (person_id);

-- What a passkey must sign: known to the server alone, good once.
create table passkey_challenge (
  id uuid primary key,
  challenge text not null,
  -- Who registers a passkey; null: somebody signs in.
  person_id uuid references person,
  requested_from text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  taken_at timestamptz
);
create index passkey_challenge_by_source on passkey_challenge (requested_from, created_at);
create index passkey_challenge_to_delete on passkey_challenge (expires_at);

-- A provider by which an organization's members sign in (OpenID Connect). Its secret is sealed.
create table sign_in_source (
  organization_id uuid primary key references organization,
  label text not null,
  issuer text not null,
  client_id text not null,
  secret bytea,
  joins boolean not null,
  domains text[] not null,
  changed_at timestamptz not null,
  -- What the provider says of itself; null until it has been asked.
  metadata jsonb,
  fault text check (fault in ('unreachable', 'unfit'))
);

-- Who somebody is at the provider, from their first sign-in on: their address may change there.
create table sign_in_link (
  organization_id uuid not null references organization,
  issuer text not null,
  subject text not null,
  person_id uuid not null references person,
  created_at timestamptz not null,
  primary key (organization_id, issuer, subject),
  unique (organization_id, issuer, person_id)
);
create index sign_in_link_of_person on sign_in_link (person_id);

-- A sign-in at a provider: begun in one browser, come back once, looked at by a job, used once. What is secret is
-- sealed, and wiped as soon as it has served.
create table sign_in_attempt (
  id uuid primary key,
  organization_id uuid not null references organization,
  state_hash bytea not null unique,
  browser_hash bytea not null,
  secrets bytea,
  requested_from text not null,
  source_changed_at timestamptz not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  returned_at timestamptz,
  answer bytea,
  outcome text check (outcome in ('proven', 'failed')),
  claims bytea,
  used_at timestamptz
);
create index sign_in_attempt_by_source on sign_in_attempt (requested_from, created_at);
create index sign_in_attempt_to_delete on sign_in_attempt (expires_at);

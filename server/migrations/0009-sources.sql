-- Whoever a directory service names leaves when that directory says so.
alter table member drop constraint member_source_check;
alter table member add constraint member_source_check check (source in ('import', 'made', 'scim', 'ldap'));

-- 'directory': its members follow a group of the directory service.
alter table conversation drop constraint conversation_origin_check;
alter table conversation add constraint conversation_origin_check check (origin in ('chart', 'made', 'directory'));

-- Lets an identity provider write one organization's people over SCIM. Only the hash of the secret is kept.
create table scim_token (
  id uuid primary key,
  organization_id uuid not null references organization,
  name text not null,
  token_hash bytea not null unique,
  created_by uuid,
  -- Owns the groups that arrive with this token.
  group_owner_id uuid not null,
  created_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz
);
create index scim_token_of_organization on scim_token (organization_id, created_at);

-- A member as the identity provider describes them. It is the truth the directory follows; what is pending it has not followed yet.
create table scim_user (
  organization_id uuid not null references organization,
  person_id uuid not null references person,
  user_name text not null,
  external_id text,
  -- The whole resource as it was sent, cleaned.
  attributes jsonb not null,
  -- Its mail addresses, in lower case.
  emails text[] not null,
  is_active boolean not null,
  -- Whom the manager attribute names, who may not have arrived yet. Empty: nobody, explicitly. Null: never said.
  manager_ref text,
  version bigint not null default 1,
  is_pending boolean not null default true,
  -- Why the directory could not follow it entirely.
  fault text check (fault in ('manager.missing', 'manager.cycle', 'address.taken', 'key.taken')),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (organization_id, person_id)
);
create unique index scim_user_by_name on scim_user (organization_id, lower(user_name));
create index scim_user_by_external_id on scim_user (organization_id, external_id) where external_id is not null;
create index scim_user_by_email on scim_user using gin (emails);
create index scim_user_pending on scim_user (organization_id) where is_pending;
create index scim_user_faulty on scim_user (organization_id) where fault is not null;

-- A group of the identity provider; the conversation of the same id follows it.
create table scim_group (
  id uuid primary key,
  organization_id uuid not null references organization,
  display_name text not null,
  external_id text,
  owner_id uuid not null,
  version bigint not null default 1,
  is_pending boolean not null default true,
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create unique index scim_group_by_name on scim_group (organization_id, lower(display_name));
create index scim_group_by_external_id on scim_group (organization_id, external_id) where external_id is not null;
create index scim_group_in_order on scim_group (organization_id, id);

create table scim_group_member (
  group_id uuid not null references scim_group on delete cascade,
  person_id uuid not null references person,
  primary key (group_id, person_id)
);
create index scim_group_member_of_person on scim_group_member (person_id);

-- The LDAP directory of an organization. What it is bound with is sealed.
create table ldap_source (
  organization_id uuid primary key references organization,
  url text not null,
  security text not null check (security in ('tls', 'starttls', 'none')),
  certificate text,
  bind_dn text not null,
  sealed_bind_secret bytea,
  base text not null,
  filter text not null,
  attributes jsonb not null,
  -- Hours between two runs; null: only by hand.
  every_hours int,
  changed_at timestamptz not null
);

-- One reading of the directory: a test of the connection, or a list that was compared, and perhaps applied.
create table ldap_run (
  id uuid primary key,
  organization_id uuid not null references organization,
  purpose text not null check (purpose in ('test', 'preview', 'sync')),
  -- 'held': too many would leave; somebody has to look first.
  state text not null default 'waiting'
    check (state in ('waiting', 'running', 'failed', 'tested', 'ready', 'held', 'applied')),
  asked_by uuid,
  is_scheduled boolean not null,
  entry_count int not null default 0,
  -- What was read, as a list; wiped once it was applied or is old.
  rows jsonb,
  fault text,
  result jsonb,
  created_at timestamptz not null,
  ended_at timestamptz
);
create index ldap_run_of_organization on ldap_run (organization_id, created_at);

-- Opens the wizard. Printed at start; only its hash is kept.
create table setup_token (
  token_hash bytea primary key,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table organization (
  id uuid primary key,
  name text not null,
  accent text not null,
  locale text not null,
  directory_version bigint not null default 1,
  created_at timestamptz not null
);

-- A person inside an organization, with their place in the chart: title and manager.
create table member (
  organization_id uuid not null references organization,
  person_id uuid not null references person,
  name text not null,
  title text not null default '',
  place text not null default '',
  phone text not null default '',
  address text not null,
  manager_id uuid,
  role text not null default 'employee' check (role in ('administrator', 'employee')),
  state text not null default 'invited' check (state in ('invited', 'active', 'deactivated')),
  -- 'import' members are deactivated when a complete list does not name them any more.
  source text not null default 'made' check (source in ('import', 'made')),
  -- The employee number, as the list has it.
  key text,
  created_at timestamptz not null,
  invited_at timestamptz,
  joined_at timestamptz,
  -- The person said no. Others go on seeing somebody who has not answered.
  declined_at timestamptz,
  primary key (organization_id, person_id),
  foreign key (organization_id, manager_id) references member (organization_id, person_id) deferrable initially deferred
);
create unique index member_by_address on member (organization_id, address) where state <> 'deactivated';
create unique index member_by_key on member (organization_id, key) where key is not null and state <> 'deactivated';
create index member_by_name on member (organization_id, name, person_id);
create index member_by_manager on member (organization_id, manager_id) where state <> 'deactivated';
create index member_of_person on member (person_id);

-- Asked for by somebody who joins by a scanned code: the code is sent although the address is nobody's yet.
alter table access_code add column is_newcomer boolean not null default false;

-- A machine-readable code, to be printed or shown. What stands in the picture is its id and a signature over id and generation,
-- made with the server's secret: nothing in this table opens a door, and the picture can be drawn again at any time.
create table code (
  id uuid primary key,
  organization_id uuid not null references organization,
  -- 'personal', 'group', or a kind that a later feature brings.
  kind text not null,
  -- The person, the conversation, or whatever the kind means.
  subject_id uuid not null,
  -- Where it hangs: what came by it is counted for that place.
  place text not null,
  -- Grows when the code is exchanged: pictures of earlier generations are worth nothing.
  generation int not null default 1,
  uses_max int,
  uses int not null default 0,
  created_by uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz
);
create unique index code_of_place on code (organization_id, kind, subject_id, place) where revoked_at is null;
create index code_of_subject on code (organization_id, subject_id, id);

-- Who came by a code: once each, however often they scan it.
create table code_use (
  code_id uuid not null references code,
  person_id uuid not null,
  at timestamptz not null,
  primary key (code_id, person_id)
);

create table code_day (
  code_id uuid not null references code,
  day date not null,
  scans int not null default 0,
  joins int not null default 0,
  primary key (code_id, day)
);

-- What came from one address within an hour, for limits. Kept a day.
create table code_traffic (
  source text not null,
  hour timestamptz not null,
  scans int not null default 0,
  guests int not null default 0,
  primary key (source, hour)
);
create index code_traffic_by_hour on code_traffic (hour);

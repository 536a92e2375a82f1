-- Mail and SMS going out. The content is sealed (it may hold a code) and wiped once it is sent or has expired.
create table dispatch (
  id uuid primary key,
  purpose text not null check (purpose in ('access-code', 'invitation')),
  organization_id uuid,
  person_id uuid,
  address text not null,
  sealed bytea,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed', 'shown', 'expired')),
  fault text,
  attempts int not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index dispatch_by_time on dispatch (created_at, id);
create index dispatch_to_wipe on dispatch (expires_at) where sealed is not null;

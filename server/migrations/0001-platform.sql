-- One row: what this server is. The epoch changes when a backup has been restored, so that clients start afresh.
create table server (
  is_only boolean primary key default true check (is_only),
  epoch uuid not null default gen_random_uuid()
);
insert into server default values;

-- Facts for those who must act on them later, in order of commit: numbers from a sequence become visible in commit order,
-- so a reader trusts a row only when its transaction is below pg_snapshot_xmin.
create table event (
  id bigint generated always as identity primary key,
  transaction_id xid8 not null default pg_current_xact_id(),
  organization_id uuid,
  name text not null,
  body jsonb not null,
  at timestamptz not null
);
create index event_in_order on event (transaction_id, id);

create table reaction_position (
  reaction text primary key,
  transaction_id xid8 not null,
  event_id bigint not null
);

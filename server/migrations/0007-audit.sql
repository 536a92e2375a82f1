-- What was done in an organization, for ever: each entry's hash covers the one before it. Written by the act's own
-- transaction. Names of people are not stored, so that erasing somebody leaves the chain as it is.
create table audit_entry (
  organization_id uuid not null references organization,
  number bigint not null,
  at timestamptz not null,
  act text not null,
  actor_kind text not null check (actor_kind in ('person', 'operator', 'nobody', 'server')),
  actor_id uuid,
  device_id uuid,
  person_ids uuid[] not null,
  thing_id uuid,
  facts jsonb not null,
  source text not null,
  command text not null,
  request_id text not null,
  hash bytea not null,
  primary key (organization_id, number)
);

-- The last entry. Its row is the lock of the chain, and shows when entries are missing at the end.
create table audit_head (
  organization_id uuid primary key references organization,
  number bigint not null,
  hash bytea not null
);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is only ever added to.' using errcode = 'restrict_violation';
end
$$;

create trigger audit_entry_stays before update or delete on audit_entry
  for each row execute function refuse_audit_change();
create trigger audit_entry_stays_whole before truncate on audit_entry
  for each statement execute function refuse_audit_change();
create trigger audit_head_stays before delete on audit_head
  for each row execute function refuse_audit_change();
create trigger audit_head_stays_whole before truncate on audit_head
  for each statement execute function refuse_audit_change();
create trigger audit_head_goes_on before update on audit_head
  for each row when (new.number < old.number or new.organization_id <> old.organization_id)
  execute function refuse_audit_change();

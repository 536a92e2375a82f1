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

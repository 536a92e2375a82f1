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

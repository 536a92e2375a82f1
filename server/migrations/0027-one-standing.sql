-- People from outside as they are today. Whoever has a place inside is a member, though they may not have come in yet.
create view outsider_today as
select outsider.*
from outsider
where outsider.state <> 'deactivated'
  and not exists (
    select from member where member.organization_id = outsider.organization_id
      and member.person_id = outsider.person_id and member.state <> 'deactivated');

-- Whoever is a member and has come in takes part from outside no more.
update outsider set state = 'deactivated'
where state <> 'deactivated' and exists (
  select from member where member.organization_id = outsider.organization_id
    and member.person_id = outsider.person_id and member.state = 'active');

-- People outside an organization who take part in conversations there: what they are, as `member` says it of those inside.
create table outsider (
  organization_id uuid not null references organization,
  person_id uuid not null references person,
  -- Empty once they have been erased; what they wrote stays.
  name text not null,
  state text not null default 'invited' check (state in ('invited', 'active', 'deactivated')),
  created_at timestamptz not null,
  joined_at timestamptz,
  declined_at timestamptz,
  primary key (organization_id, person_id)
);
create index outsider_of_person on outsider (person_id);

-- What the organization knows of them.
create table contact (
  organization_id uuid not null,
  person_id uuid not null,
  locale text,
  notes text not null default '',
  tags text[] not null default '{}',
  -- The member who looks after them: their sales person.
  keeper_id uuid,
  source text not null check (source in ('made', 'import', 'code')),
  -- The place whose code they came by.
  place text not null default '',
  -- For searching: the addresses, with blanks between.
  addresses text not null default '',
  created_at timestamptz not null,
  primary key (organization_id, person_id),
  foreign key (organization_id, person_id) references outsider,
  foreign key (organization_id, keeper_id) references member (organization_id, person_id)
);
create index contact_by_keeper on contact (organization_id, keeper_id);
create index contact_by_code on contact (organization_id, created_at) where source = 'code';
create index contact_by_tag on contact using gin (tags);
create index outsider_by_name on outsider (organization_id, name, person_id);

-- The first of a person's addresses here is the one they sign in with, where it is theirs.
create table contact_address (
  organization_id uuid not null,
  address text not null,
  person_id uuid not null,
  position int not null,
  primary key (organization_id, address),
  foreign key (organization_id, person_id) references contact
);
create index contact_address_of_person on contact_address (organization_id, person_id, position);

-- What somebody has agreed to, or does not agree to any more: every word on it is kept.
create table consent (
  id uuid primary key,
  organization_id uuid not null,
  person_id uuid not null,
  kind text not null,
  is_given boolean not null,
  at timestamptz not null,
  how text not null,
  wording text not null,
  recorded_by uuid,
  foreign key (organization_id, person_id) references contact
);
create index consent_of_contact on consent (organization_id, person_id, at);

-- What an organization allows; without a row what stands here.
create table outsider_rules (
  organization_id uuid primary key references organization,
  may_bring text not null default 'owners' check (may_bring in ('owners', 'administrators')),
  admits_anonymous boolean not null default false
);

-- Someone from outside is or was in it. Stays until an owner says otherwise, so that nobody forgets what was shared.
alter table conversation add column is_external boolean not null default false;

-- What somebody is in an organization: a member, or somebody from outside. Where they are both, what they take part as.
create function participant_of(organization uuid, person uuid)
returns table (name text, role text, state text, is_external boolean) language sql stable as $$
  select known.name, known.role, known.state, known.is_external from (
    select member.name, member.role, member.state, false as is_external from member
    where member.organization_id = $1 and member.person_id = $2
    union all
    select outsider.name, 'contact', outsider.state, true from outsider
    where outsider.organization_id = $1 and outsider.person_id = $2
  ) as known
  order by known.state = 'active' desc, known.state = 'invited' desc, known.is_external limit 1
$$;

create or replace view audience_access as
select audience_member.*
from audience_member
where exists (
    select from member where member.organization_id = audience_member.organization_id
      and member.person_id = audience_member.person_id and member.state = 'active')
  or exists (
    select from outsider where outsider.organization_id = audience_member.organization_id
      and outsider.person_id = audience_member.person_id and outsider.state = 'active');

create or replace function audience_spans(audience uuid, person uuid)
returns table (organization_id uuid, role text, from_version bigint, to_version bigint) language sql stable as $$
  select place.organization_id, span.role, span.from_version, span.to_version
  from (select * from audience where audience.id = $1 offset 0) as place
  cross join lateral (
    select * from membership_interval
    where membership_interval.conversation_id = place.conversation_id and membership_interval.person_id = $2 offset 0
  ) as span
  cross join lateral (
    select from member
    where member.organization_id = place.organization_id and member.person_id = $2 and member.state = 'active'
    union all
    select from outsider
    where outsider.organization_id = place.organization_id and outsider.person_id = $2 and outsider.state = 'active'
    limit 1
  ) as active
  where place.rule = 'everybody' or rule_admits(place.rule, span.role, place.id, span.person_id)
$$;

-- Who knows of whom by a conversation: in a broadcast nobody but its owners, and they are known. `is_current`: both are in it.
create view acquaintance as
select conversation.organization_id, mine.person_id, theirs.person_id as other_id,
       mine.to_version is null and theirs.to_version is null as is_current,
       conversation.kind <> 'broadcast' or mine.role = 'owner' as is_open
from membership_interval as mine
join membership_interval as theirs
  on theirs.conversation_id = mine.conversation_id and theirs.person_id <> mine.person_id
join conversation on conversation.id = mine.conversation_id
where conversation.kind <> 'broadcast' or mine.role = 'owner' or theirs.role = 'owner';

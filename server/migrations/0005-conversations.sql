create table conversation (
  id uuid primary key,
  organization_id uuid not null references organization,
  kind text not null check (kind in ('direct', 'group', 'broadcast')),
  name text,
  origin text not null check (origin in ('chart', 'made')),
  -- Whether those who join later see what was before.
  history text not null default 'joined' check (history in ('all', 'joined')),
  -- Of a conversation that follows the chart: whose, and whether it holds the direct reports or all levels below.
  chart_manager_id uuid,
  chart_level text check (chart_level in ('team', 'levels')),
  -- Still carries the name it was made with, which then follows the manager's.
  is_name_made boolean not null default false,
  -- The two of a direct conversation, the smaller id first.
  direct_low_id uuid,
  direct_high_id uuid,
  first_audience_id uuid not null,
  created_by uuid,
  member_count int not null default 0,
  created_at timestamptz not null,
  check ((kind = 'direct') = (direct_low_id is not null and direct_high_id is not null)),
  check (direct_low_id < direct_high_id)
);
create unique index conversation_direct on conversation (organization_id, direct_low_id, direct_high_id) where kind = 'direct';
create unique index conversation_of_chart on conversation (organization_id, chart_manager_id, chart_level, kind)
  where chart_manager_id is not null;
create index conversation_of_organization on conversation (organization_id, id);

-- The members, as a rule, and the head of a log. Updated with every message, so there is room on the page for new versions.
create table audience (
  id uuid primary key,
  organization_id uuid not null,
  conversation_id uuid not null references conversation deferrable initially deferred,
  -- The conversation's first audience: its row is the lock of the conversation.
  first_id uuid not null,
  rule text not null check (rule in ('everybody', 'owners', 'except', 'these')),
  -- Only owners write here.
  is_one_way boolean not null,
  last_number bigint not null default 0,
  last_id uuid,
  last_message_number bigint not null default 0,
  -- Of the first audience only: grows with every change of the conversation's members, and is written into every row of its logs.
  version bigint not null default 1,
  -- Of the first audience only: sort times of the conversation never repeat.
  last_posted_at timestamptz not null default 'epoch',
  closed_at timestamptz
) with (fillfactor = 60);
create index audience_of_conversation on audience (conversation_id);

-- Those whom the rules 'except' and 'these' name.
create table audience_person (
  audience_id uuid not null references audience,
  person_id uuid not null,
  primary key (audience_id, person_id)
);

-- Who was put into a conversation, by the chart or by an owner.
create table membership (
  conversation_id uuid not null references conversation,
  person_id uuid not null,
  role text not null check (role in ('owner', 'member')),
  source text not null check (source in ('chart', 'owner')),
  primary key (conversation_id, person_id)
);
create index membership_of_person on membership (person_id);

-- A group inside a group of its kind.
create table nesting (
  outer_id uuid not null references conversation,
  inner_id uuid not null references conversation,
  primary key (outer_id, inner_id),
  check (outer_id <> inner_id)
);
create index nesting_by_inner on nesting (inner_id);

-- Who is in a conversation, directly or through groups inside it: from one version of its membership up to, not including, another.
create table membership_interval (
  conversation_id uuid not null references conversation,
  person_id uuid not null,
  role text not null check (role in ('owner', 'member')),
  from_version bigint not null,
  to_version bigint,
  -- Where the first audience's log stood, for the joiner's first page and unread count.
  from_number bigint not null,
  from_message_number bigint not null,
  primary key (conversation_id, person_id, from_version),
  check (to_version >= from_version)
);
create unique index membership_interval_open on membership_interval (conversation_id, person_id) where to_version is null;
create index membership_interval_of_person on membership_interval (person_id, conversation_id);

-- A message is its own event. No foreign keys: the audience's row is locked by whoever writes here.
create table message (
  audience_id uuid not null,
  number bigint not null,
  message_number bigint not null,
  version bigint not null,
  author_id uuid not null,
  id uuid not null,
  parts jsonb not null,
  -- Outlives an erasure, so that a late retry is still recognised.
  content_hash bytea not null,
  reply_to bigint,
  posted_at timestamptz not null,
  edited_at timestamptz,
  deleted_at timestamptz,
  transaction_id xid8 not null default pg_current_xact_id(),
  primary key (audience_id, number),
  unique (audience_id, author_id, id)
);

-- The other events of a log. They carry references; what they say is read from today's state.
create table audience_event (
  audience_id uuid not null,
  number bigint not null,
  version bigint not null,
  id uuid not null,
  name text not null,
  actor_id uuid,
  -- The message it is about.
  message_log_number bigint,
  body jsonb not null default '{}',
  at timestamptz not null,
  transaction_id xid8 not null default pg_current_xact_id(),
  primary key (audience_id, number)
);

create table reaction (
  audience_id uuid not null,
  number bigint not null,
  emoji text not null,
  person_id uuid not null,
  at timestamptz not null,
  primary key (audience_id, number, emoji, person_id)
);

-- How far a member has received and read, in message numbers. Posting moves one's own.
create table mark (
  audience_id uuid not null,
  person_id uuid not null,
  read_number bigint not null,
  delivered_number bigint not null,
  primary key (audience_id, person_id)
) with (fillfactor = 60);

-- Whom an audience's rule lets in, of those who are in its conversation.
create function rule_admits(rule text, role text, audience uuid, person uuid) returns boolean language sql stable
return case rule
  when 'everybody' then true
  when 'owners' then role = 'owner'
  when 'except' then not exists (
    select from audience_person where audience_person.audience_id = audience and audience_person.person_id = person)
  else exists (
    select from audience_person where audience_person.audience_id = audience and audience_person.person_id = person)
end;

-- Who was in which audience, from one version of the membership up to, not including, another.
create view audience_member as
select audience.id as audience_id, audience.organization_id, audience.conversation_id, audience.is_one_way,
       span.person_id, span.role, span.from_version, span.to_version, span.from_number, span.from_message_number
from audience
join membership_interval as span on span.conversation_id = audience.conversation_id
where audience.rule = 'everybody' or rule_admits(audience.rule, span.role, audience.id, span.person_id);

-- The same, for those who take part in the organization: invited or deactivated people are members of groups, but read nothing.
create view audience_access as
select audience_member.*
from audience_member
join member on member.organization_id = audience_member.organization_id and member.person_id = audience_member.person_id
where member.state = 'active';

-- THE answer to "was this person in this audience at this version?", for one audience and one person. Every reader asks here.
-- It is audience_access with the order of the look-ups fixed (offset 0), whatever the planner believes about the tables.
create function audience_spans(audience uuid, person uuid)
returns table (organization_id uuid, role text, from_version bigint, to_version bigint) language sql stable as $$
  select place.organization_id, span.role, span.from_version, span.to_version
  from (select * from audience where audience.id = $1 offset 0) as place
  cross join lateral (
    select * from membership_interval
    where membership_interval.conversation_id = place.conversation_id and membership_interval.person_id = $2 offset 0
  ) as span
  cross join lateral (
    select from member
    where member.organization_id = place.organization_id and member.person_id = $2 and member.state = 'active' offset 0
  ) as active
  where place.rule = 'everybody' or rule_admits(place.rule, span.role, place.id, span.person_id)
$$;

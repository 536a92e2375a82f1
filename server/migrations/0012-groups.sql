-- When something was last posted to this very audience. `last_posted_at` is the clock of the whole conversation: ordered
-- by it, a list would show those who were left out that something was said without them.
alter table audience add column last_message_at timestamptz not null default 'epoch';
update audience set last_message_at = last_posted_at;

-- Of the rules 'except' and 'these': recognises the same selection, which is the same audience again.
alter table audience add column selection_hash bytea;
create unique index audience_by_selection on audience (conversation_id, rule, selection_hash) where selection_hash is not null;
-- Nodes ask every few seconds whether there are new ones.
create index audience_narrowed on audience (first_id) where selection_hash is not null;

-- Of a group that was made from another: its id, and what it was called then. No foreign key: the new one is independent.
alter table conversation add column made_from_id uuid;
alter table conversation add column made_from_name text;

-- Of a message that was copied from another conversation: who had written it, and when.
alter table message add column copied_author_id uuid;
alter table message add column copied_at timestamptz;

-- Whom an audience's rule lets in, of those who are in its conversation. Owners are in every audience of theirs.
create or replace function rule_admits(rule text, role text, audience uuid, person uuid) returns boolean language sql stable
return case
  when rule = 'everybody' or role = 'owner' then true
  when rule = 'owners' then false
  when rule = 'except' then not exists (
    select from audience_person where audience_person.audience_id = audience and audience_person.person_id = person)
  else exists (
    select from audience_person where audience_person.audience_id = audience and audience_person.person_id = person)
end;

-- Messages of a broadcast that wait for their time. What they say is wiped when they are over.
create table scheduled_message (
  id uuid not null,
  organization_id uuid not null references organization,
  audience_id uuid not null references audience,
  author_id uuid not null,
  parts jsonb not null,
  content_hash bytea not null,
  post_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'posted', 'cancelled', 'refused')),
  -- The code of the refusal, where it was one.
  fault text,
  created_at timestamptz not null,
  primary key (audience_id, author_id, id)
);
create index scheduled_message_of_author on scheduled_message (organization_id, author_id, post_at) where state in ('waiting', 'refused');

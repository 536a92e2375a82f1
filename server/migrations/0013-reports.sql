-- Reports ask by who wrote, and when; the rest of the index spares them the rows themselves.
create index message_by_author on message (author_id, posted_at) include (audience_id, version);

-- What an organization has agreed on about reports. Without a row: on, without words of its own, in UTC.
create table report_policy (
  organization_id uuid primary key references organization,
  is_on boolean not null,
  words text not null,
  time_zone text not null,
  counts_direct boolean not null
);

-- Who gets reports by mail, and when the next one goes out.
create table report_subscription (
  organization_id uuid not null,
  person_id uuid not null,
  every text not null check (every in ('day', 'week', 'month')),
  next_at timestamptz not null,
  primary key (organization_id, person_id),
  foreign key (organization_id, person_id) references member (organization_id, person_id)
);

alter table dispatch drop constraint dispatch_purpose_check;
alter table dispatch add constraint dispatch_purpose_check
  check (purpose in ('access-code', 'invitation', 'devices-lost', 'report'));

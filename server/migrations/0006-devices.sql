-- A person has one device of each class: a later one takes the place of the one before.
alter table device add column is_replaced boolean not null default false;
-- The IP address it was last seen from.
alter table device add column seen_from text not null default '';
update device set revoked_at = now(), is_replaced = true
where revoked_at is null and exists (
  select from device as later
  where later.person_id = device.person_id and later.class = device.class and later.revoked_at is null
    and (later.seen_at, later.id) > (device.seen_at, device.id));
drop index device_of_person;
create unique index device_slot on device (person_id, class) where revoked_at is null;

-- A sign-in that was proven, and waits until a device that is signed in lets it in: with a code that is shown there and
-- typed here, or by opening the link that is shown here.
create table pairing (
  id uuid primary key,
  person_id uuid not null references person,
  name text not null,
  class text not null check (class in ('mobile', 'desktop')),
  agent text not null,
  asked_from text not null,
  -- Of the waiting device, and of the link.
  secret_hash bytea not null unique,
  link_hash bytea not null unique,
  code_hash bytea,
  code_expires_at timestamptz,
  attempts int not null default 0,
  confirmed_at timestamptz,
  -- The device that showed the code or confirmed the link: what it said holds only while it is signed in itself.
  voucher_id uuid references device,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  outcome text check (outcome in ('signed-in', 'refused', 'ended')),
  check ((ended_at is null) = (outcome is null))
);
create index pairing_of_person on pairing (person_id) where ended_at is null;
create index pairing_to_delete on pairing (expires_at);

-- An administrator said that a member has lost their devices. Who takes part in several organizations is signed out when
-- administrators of all of them have said so.
create table device_loss (
  organization_id uuid not null references organization,
  person_id uuid not null references person,
  reported_by uuid,
  reported_at timestamptz not null,
  primary key (organization_id, person_id)
);
create index device_loss_of_person on device_loss (person_id);

alter table dispatch drop constraint dispatch_purpose_check;
alter table dispatch add constraint dispatch_purpose_check
  check (purpose in ('access-code', 'invitation', 'devices-lost'));

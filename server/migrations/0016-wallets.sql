-- A coupon in the wallet of somebody's phone. What it shows is made from the coupon whenever it is asked for.
create table wallet_pass (
  id uuid primary key,
  organization_id uuid not null references organization,
  coupon_id uuid not null,
  -- Whose coupon it was when they put it there: once it is passed on, this pass is worth nothing.
  person_id uuid not null references person,
  wallet text not null check (wallet in ('apple', 'google')),
  -- Apple tells times by the second: it grows by one at least.
  changed_at timestamptz not null,
  unique (coupon_id, person_id, wallet)
);
create index wallet_pass_of_person on wallet_pass (person_id);

-- The phones on which a pass for Apple Wallet lies, and how each is told that there is something new.
create table wallet_device (
  pass_id uuid not null references wallet_pass on delete cascade,
  -- Made up by the phone for this kind of pass; says nothing of the phone.
  device_id text not null,
  push_token text not null,
  primary key (pass_id, device_id)
);
create index wallet_device_by_id on wallet_device (device_id);
create index wallet_device_by_token on wallet_device (push_token);

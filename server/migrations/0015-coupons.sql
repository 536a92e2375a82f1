-- What an establishment gives out, to whom, when and where it is good. `content` is checked by the contract.
create table campaign (
  id uuid primary key,
  organization_id uuid not null references organization,
  state text not null default 'draft' check (state in ('draft', 'active', 'paused', 'ended')),
  content jsonb not null,
  created_by uuid not null,
  created_at timestamptz not null
);
create index campaign_of_organization on campaign (organization_id, id);

-- Its hash stands in its address, so that a changed one is another one.
create table campaign_picture (
  campaign_id uuid primary key references campaign,
  hash text not null,
  type text not null,
  content bytea not null
);

-- What is given out, and how much of it there may be: whoever issues coupons holds this row. What was taken back can be given out again.
create table campaign_stock (
  campaign_id uuid primary key references campaign,
  stock bigint,
  issued bigint not null default 0,
  budget bigint,
  committed bigint not null default 0,
  -- When a job looks after its coupons next; null: nothing can become due.
  tend_at timestamptz,
  check (issued >= 0 and issued <= stock),
  check (committed >= 0 and committed <= budget)
) with (fillfactor = 40);

create table coupon (
  id uuid primary key,
  organization_id uuid not null,
  campaign_id uuid not null references campaign,
  -- For what it was issued. The same source always gives the same coupon.
  source_key text not null,
  issued_to uuid not null,
  holder_id uuid not null,
  -- Shown by the holder, looked up by the staff. Another one once somebody else holds it.
  code text not null,
  state text not null check (state in ('issued', 'saved', 'locked', 'redeemed', 'expired', 'void')),
  -- Of a gift: what is left, in minor units.
  balance bigint check (balance >= 0),
  -- What it was counted with in the campaign's budget.
  committed bigint not null,
  issued_at timestamptz not null,
  expires_at timestamptz,
  remind_at timestamptz,
  reminded_at timestamptz,
  lock_id uuid,
  lock_holder_id uuid,
  locked_until timestamptz,
  redeemed_at timestamptz,
  redeemed_place text,
  void_reason text,
  unique (campaign_id, source_key),
  unique (organization_id, code),
  check ((state = 'locked') = (lock_id is not null))
) with (fillfactor = 80);
create index coupon_of_holder on coupon (holder_id, issued_at desc, id desc);
create index coupon_open_of_holder on coupon (holder_id) where state in ('issued', 'saved', 'locked');
create index coupon_of_person on coupon (campaign_id, issued_to);
create index coupon_of_campaign on coupon (campaign_id, issued_at desc, id desc);
create index coupon_to_expire on coupon (campaign_id, expires_at) where state in ('issued', 'saved', 'locked');
create index coupon_to_remind on coupon (campaign_id, remind_at)
  where state in ('issued', 'saved') and reminded_at is null;

-- Every try to redeem a coupon, with what came of it. The till's own id makes sending twice the same as sending once.
create table redemption (
  id uuid primary key,
  organization_id uuid not null,
  staff_id uuid not null,
  till_id uuid not null,
  -- Recognises what was sent before.
  content_hash bytea not null,
  coupon_id uuid,
  campaign_id uuid,
  place text not null,
  -- 'redeemed', or the code of the refusal.
  outcome text not null,
  -- What is told with it: when and where the coupon had been used.
  details jsonb not null default '{}',
  value bigint not null default 0 check (value >= 0),
  rolled_back bigint not null default 0 check (rolled_back >= 0),
  -- In the campaign's time zone: where it is counted.
  day date,
  at timestamptz not null,
  -- When a device without network scanned it.
  taken_at timestamptz,
  rolled_back_at timestamptz,
  rolled_back_by uuid,
  unique (organization_id, staff_id, till_id)
);
create index redemption_of_organization on redemption (organization_id, at desc, id desc);
create index redemption_of_campaign on redemption (campaign_id, at desc, id desc);
create index redemption_of_coupon on redemption (coupon_id, at desc, id desc);

-- Codes that staff asked for and that do not exist, for limits. Kept a day.
create table coupon_miss (
  organization_id uuid not null,
  staff_id uuid not null,
  at timestamptz not null
);
create index coupon_miss_of_staff on coupon_miss (organization_id, staff_id, at);
create index coupon_miss_by_time on coupon_miss (at);

-- What happened on a day in the campaign's time zone, and at which place.
create table coupon_day (
  campaign_id uuid not null references campaign,
  day date not null,
  place text not null,
  issued bigint not null default 0,
  claimed bigint not null default 0,
  redeemed bigint not null default 0,
  expired bigint not null default 0,
  void bigint not null default 0,
  value_given bigint not null default 0,
  primary key (campaign_id, day, place)
) with (fillfactor = 40);

create function campaign_counts(campaign uuid)
returns table (issued bigint, claimed bigint, redeemed bigint, expired bigint, void bigint, "valueGiven" bigint)
language sql stable as $$
  select coalesce(sum(issued), 0)::bigint, coalesce(sum(claimed), 0)::bigint, coalesce(sum(redeemed), 0)::bigint,
    coalesce(sum(expired), 0)::bigint, coalesce(sum(void), 0)::bigint, coalesce(sum(value_given), 0)::bigint
  from coupon_day where campaign_id = $1
$$;

-- What the organization decides about orders; without a row what stands here.
create table order_settings (
  organization_id uuid primary key references organization,
  makes_contacts boolean not null default true,
  levels jsonb not null default '[]',
  time_zone text not null default 'UTC'
);

-- The order status table: each order as its source has it now.
create table customer_order (
  organization_id uuid not null references organization,
  id uuid not null,
  source text not null,
  -- The shop it came by; empty: by the API or a list.
  origin text not null default '',
  external_id text not null,
  status text not null,
  -- The source's own, or the time of its change in microseconds. `rank` decides between two of the same version.
  version bigint not null,
  rank int not null,
  person_id uuid,
  customer_key text not null default '',
  customer_name text not null default '',
  total bigint not null,
  currency text not null,
  place text not null,
  country text not null,
  placed_at timestamptz not null,
  details jsonb not null,
  -- It has been cancelled or refunded once. Stays.
  was_cancelled boolean not null default false,
  history_count int not null,
  changed_at timestamptz not null,
  primary key (organization_id, id)
) with (fillfactor = 75);
-- The number first: an index that begins with the organization would be taken for finding orders by their ids too, as long
-- as nothing is known of the table.
create unique index customer_order_by_number on customer_order (external_id, organization_id, source, origin);
create index customer_order_of_person on customer_order (organization_id, person_id, placed_at) where person_id is not null;

-- Everything a source has said of an order, by the source's own order. Rows are added and never changed, but for `is_change`:
-- what arrives late may divide what was one state into two.
create table order_entry (
  organization_id uuid not null,
  order_id uuid not null,
  version bigint not null,
  rank int not null,
  -- The order became this here, and a message says so. Of neighbours in the same state one is.
  is_change boolean not null,
  -- Entered as past: no rule acts on it.
  is_past boolean not null,
  at timestamptz not null,
  -- The order as it was then.
  details jsonb not null,
  primary key (organization_id, order_id, version, rank)
);

-- Who a source's customers are, whom it knows by numbers of its own.
create table order_customer (
  organization_id uuid not null references organization,
  source text not null,
  origin text not null default '',
  external_id text not null,
  person_id uuid not null,
  primary key (organization_id, source, origin, external_id)
);

create table order_rule (
  id uuid primary key,
  organization_id uuid not null references organization,
  version int not null,
  given int not null default 0,
  taken_back int not null default 0,
  spent bigint not null default 0
);
create index order_rule_of_organization on order_rule (organization_id);

-- A change makes a new version; the one in force when an order changed decides.
create table order_rule_version (
  rule_id uuid not null references order_rule,
  version int not null,
  organization_id uuid not null,
  status text not null,
  is_active boolean not null,
  content jsonb not null,
  compiled text not null,
  made_by uuid not null,
  made_at timestamptz not null,
  superseded_at timestamptz,
  primary key (rule_id, version)
);
create index order_rule_in_force on order_rule_version (organization_id, status, made_at);

-- What the rules made of an order's becoming something, with what they saw besides the order. What is not named was not met.
create table order_decision (
  organization_id uuid not null,
  order_id uuid not null,
  status text not null,
  version bigint not null,
  rank int not null,
  at timestamptz not null,
  customer jsonb,
  outcomes jsonb not null,
  primary key (organization_id, order_id, status)
);

-- One for each rule, order and trigger, however often it is told.
create table order_issue (
  rule_id uuid not null references order_rule,
  order_id uuid not null,
  status text not null,
  organization_id uuid not null,
  rule_version int not null,
  person_id uuid not null,
  at timestamptz not null,
  day date not null,
  taken_back_at timestamptz,
  primary key (rule_id, order_id, status)
);
create index order_issue_of_order on order_issue (order_id, organization_id);
create index order_issue_of_person on order_issue (rule_id, person_id) where taken_back_at is null;
create index order_issue_of_day on order_issue (rule_id, day) where taken_back_at is null;

create table order_run (
  organization_id uuid not null references organization,
  id uuid not null,
  asked_by uuid not null,
  mode text not null check (mode in ('dry', 'live')),
  rule_id uuid,
  content jsonb not null,
  compiled text not null,
  state text not null check (state in ('running', 'done', 'failed')),
  done int not null default 0,
  total int not null default 0,
  -- The last order that was looked at.
  position uuid,
  counts jsonb not null,
  sample jsonb not null default '[]',
  at timestamptz not null,
  primary key (organization_id, id)
);
create index order_run_by_time on order_run (organization_id, at);

-- A list that is being read in; the file is forgotten when it is.
create table order_import (
  organization_id uuid not null references organization,
  id uuid not null,
  asked_by uuid not null,
  content bytea,
  columns jsonb,
  currency text not null,
  rules_act boolean not null,
  state text not null check (state in ('running', 'done', 'failed')),
  done int not null default 0,
  total int not null,
  counts jsonb not null,
  at timestamptz not null,
  primary key (organization_id, id)
);
create index order_import_by_time on order_import (organization_id, at);

create table order_shop (
  id uuid primary key,
  organization_id uuid not null references organization,
  kind text not null check (kind in ('shopify', 'woocommerce')),
  name text not null,
  secret bytea not null,
  -- What is on its way may be signed with the one before it.
  previous_secret bytea,
  previous_until timestamptz,
  states jsonb not null default '{}',
  created_at timestamptz not null,
  last_at timestamptz,
  forged int not null default 0,
  removed_at timestamptz
);
create index order_shop_of_organization on order_shop (organization_id) where removed_at is null;

-- What shops have sent, and what became of it. Kept a month; what was refused is kept until then too.
create table order_delivery (
  shop_id uuid not null references order_shop,
  id text not null,
  topic text not null,
  at timestamptz not null,
  outcome text not null,
  detail text not null default '',
  external_id text not null default '',
  primary key (shop_id, id)
);
create index order_delivery_by_time on order_delivery (shop_id, at desc);

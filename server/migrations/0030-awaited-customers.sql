-- Orders of customers whom nobody knows here yet, and by what they would be known. Forgotten when they are, or after a month.
create table order_awaited (
  organization_id uuid not null references organization,
  order_id uuid not null,
  source text not null,
  origin text not null,
  -- The customer's number at the source, and address; either may be empty.
  external_id text not null,
  address text not null,
  at timestamptz not null,
  primary key (organization_id, order_id)
);
create index order_awaited_by_address on order_awaited (organization_id, address) where address <> '';
create index order_awaited_by_number on order_awaited (organization_id, external_id) where external_id <> '';
create index order_awaited_by_time on order_awaited (organization_id, at);

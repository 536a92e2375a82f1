-- Codes that a member asked for and that do not exist, for limits: the last ones, in one row for each, so that those who
-- try many at once wait for one another and the limit is exact.
drop table coupon_miss;
create table coupon_miss (
  organization_id uuid not null,
  staff_id uuid not null,
  missed_at timestamptz[] not null,
  primary key (organization_id, staff_id)
);

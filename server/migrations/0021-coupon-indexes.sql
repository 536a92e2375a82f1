-- A coupon's id is made from campaign and source, so its key alone keeps one source to one coupon.
alter table coupon drop constraint coupon_campaign_id_source_key_key;

-- Looked up by person alone: of a hot campaign there are far more coupons than anybody has.
drop index coupon_of_person;
create index coupon_of_person on coupon (issued_to);
drop index coupon_open_of_holder;

-- Coupons without an end are in none of these.
drop index coupon_to_expire;
create index coupon_to_expire on coupon (campaign_id, expires_at)
  where state in ('issued', 'saved', 'locked') and expires_at is not null;
drop index coupon_to_remind;
create index coupon_to_remind on coupon (campaign_id, remind_at)
  where state in ('issued', 'saved') and reminded_at is null and remind_at is not null;

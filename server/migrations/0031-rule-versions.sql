-- How many coupons an order was given: of several campaigns one may have had none. What was given before had them all.
alter table order_issue add column coupons int not null default 0;
update order_issue set coupons = (
  select coalesce(sum((gift ->> 'count')::int), 0)
  from order_rule_version as made
  cross join lateral jsonb_array_elements(made.content -> 'gifts') as gift
  where made.rule_id = order_issue.rule_id and made.version = order_issue.rule_version);

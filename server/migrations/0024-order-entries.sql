-- Nothing is looked for inside what an order was; it is read as it was written.
alter table order_entry alter column details type json;

-- Facts are read in the order of their transactions, and never by their number alone: one index does both.
alter table event drop constraint event_pkey;
drop index event_in_order;
alter table event add primary key (transaction_id, id);

-- The owners of a broadcast to 100,000, without looking at the others.
create index membership_interval_of_owners on membership_interval (conversation_id) where role = 'owner' and to_version is null;

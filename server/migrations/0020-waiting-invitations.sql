-- A sign-in with the code of an invitation that waits for another device: joining waits with it.
alter table pairing add column invitation_id uuid;

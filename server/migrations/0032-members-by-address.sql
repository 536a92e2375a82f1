-- By address first: while statistics say that nobody is there yet, nothing but an index that begins with the address
-- keeps a look-up from reading all members of the organization.
drop index member_by_address;
create unique index member_by_address on member (address, organization_id) where state <> 'deactivated';

-- The name first: a look-up by name that is planned while the table is empty must not begin with everybody of the organization.
drop index scim_user_by_name;
create unique index scim_user_by_name on scim_user (lower(user_name), organization_id);

-- Names in the order in which people look for them: capitals beside small letters, Émile beside Emil. A collation of the
-- operating system would do that too, and an update of it would change the order under the index.
create function name_order(name text) returns text
  language sql immutable parallel safe
  return regexp_replace(normalize(lower(name), NFKD), '[\u0300-\u036f]', '', 'g');

drop index member_by_name;
create index member_by_name on member (organization_id, name_order(name), person_id);
drop index outsider_by_name;
create index outsider_by_name on outsider (organization_id, name_order(name), person_id);

-- More is told of a provider that cannot be used: that it goes by another name, or does not know this client.
alter table sign_in_source drop constraint sign_in_source_fault_check;
alter table sign_in_source add constraint sign_in_source_fault_check
  check (fault in ('unreachable', 'unfit', 'named-otherwise', 'client-unknown'));

-- Generated from the migrations by `node server/testing/write-schema.ts`. Shows what they come to; is never run.

create table access_code (
  request_id uuid not null,
  address text not null,
  person_id uuid,
  organization_id uuid,
  token_hash bytea,
  code_hash bytea,
  attempts integer not null default 0,
  requested_from text not null,
  created_at timestamp with time zone not null,
  send_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint access_code_check CHECK (((organization_id IS NULL) = (token_hash IS NULL))),
  constraint access_code_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint access_code_pkey PRIMARY KEY (request_id),
  constraint access_code_token_hash_key UNIQUE (token_hash)
);
CREATE INDEX access_code_by_address ON public.access_code USING btree (address, created_at) WHERE (token_hash IS NULL);
CREATE INDEX access_code_by_source ON public.access_code USING btree (requested_from, created_at) WHERE (token_hash IS NULL);
CREATE INDEX access_code_by_time ON public.access_code USING btree (created_at) WHERE (token_hash IS NULL);
CREATE INDEX access_code_of_invited ON public.access_code USING btree (organization_id, person_id) WHERE (token_hash IS NOT NULL);
CREATE INDEX access_code_to_delete ON public.access_code USING btree (expires_at);

create table access_failure (
  id bigint not null generated always as identity,
  address text not null,
  requested_from text not null,
  at timestamp with time zone not null,
  constraint access_failure_pkey PRIMARY KEY (id)
);
CREATE INDEX access_failure_by_address ON public.access_failure USING btree (address, at);
CREATE INDEX access_failure_by_source ON public.access_failure USING btree (requested_from, at);
CREATE INDEX access_failure_by_time ON public.access_failure USING btree (at);

create table audience (
  id uuid not null,
  organization_id uuid not null,
  conversation_id uuid not null,
  first_id uuid not null,
  rule text not null,
  is_one_way boolean not null,
  last_number bigint not null default 0,
  last_id uuid,
  last_message_number bigint not null default 0,
  version bigint not null default 1,
  last_posted_at timestamp with time zone not null default '1970-01-01 00:00:00+00'::timestamp with time zone,
  closed_at timestamp with time zone,
  constraint audience_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversation(id) DEFERRABLE INITIALLY DEFERRED,
  constraint audience_pkey PRIMARY KEY (id),
  constraint audience_rule_check CHECK ((rule = ANY (ARRAY['everybody'::text, 'owners'::text, 'except'::text, 'these'::text])))
);
alter table audience set (fillfactor=60);
CREATE INDEX audience_of_conversation ON public.audience USING btree (conversation_id);

create table audience_event (
  audience_id uuid not null,
  number bigint not null,
  version bigint not null,
  id uuid not null,
  name text not null,
  actor_id uuid,
  message_log_number bigint,
  body jsonb not null default '{}'::jsonb,
  at timestamp with time zone not null,
  transaction_id xid8 not null default pg_current_xact_id(),
  constraint audience_event_pkey PRIMARY KEY (audience_id, number)
);

create table audience_person (
  audience_id uuid not null,
  person_id uuid not null,
  constraint audience_person_audience_id_fkey FOREIGN KEY (audience_id) REFERENCES audience(id),
  constraint audience_person_pkey PRIMARY KEY (audience_id, person_id)
);

create table conversation (
  id uuid not null,
  organization_id uuid not null,
  kind text not null,
  name text,
  origin text not null,
  history text not null default 'joined'::text,
  chart_manager_id uuid,
  chart_level text,
  is_name_made boolean not null default false,
  direct_low_id uuid,
  direct_high_id uuid,
  first_audience_id uuid not null,
  created_by uuid,
  member_count integer not null default 0,
  created_at timestamp with time zone not null,
  constraint conversation_chart_level_check CHECK ((chart_level = ANY (ARRAY['team'::text, 'levels'::text]))),
  constraint conversation_check CHECK (((kind = 'direct'::text) = ((direct_low_id IS NOT NULL) AND (direct_high_id IS NOT NULL)))),
  constraint conversation_check1 CHECK ((direct_low_id < direct_high_id)),
  constraint conversation_history_check CHECK ((history = ANY (ARRAY['all'::text, 'joined'::text]))),
  constraint conversation_kind_check CHECK ((kind = ANY (ARRAY['direct'::text, 'group'::text, 'broadcast'::text]))),
  constraint conversation_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint conversation_origin_check CHECK ((origin = ANY (ARRAY['chart'::text, 'made'::text]))),
  constraint conversation_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX conversation_direct ON public.conversation USING btree (organization_id, direct_low_id, direct_high_id) WHERE (kind = 'direct'::text);
CREATE UNIQUE INDEX conversation_of_chart ON public.conversation USING btree (organization_id, chart_manager_id, chart_level, kind) WHERE (chart_manager_id IS NOT NULL);
CREATE INDEX conversation_of_organization ON public.conversation USING btree (organization_id, id);

create table device (
  id uuid not null,
  person_id uuid not null,
  name text not null,
  class text not null,
  token_hash bytea not null,
  created_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint device_class_check CHECK ((class = ANY (ARRAY['mobile'::text, 'desktop'::text]))),
  constraint device_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint device_pkey PRIMARY KEY (id),
  constraint device_token_hash_key UNIQUE (token_hash)
);
CREATE INDEX device_of_person ON public.device USING btree (person_id) WHERE (revoked_at IS NULL);
CREATE INDEX device_revoked ON public.device USING btree (revoked_at) WHERE (revoked_at IS NOT NULL);

create table dispatch (
  id uuid not null,
  purpose text not null,
  organization_id uuid,
  person_id uuid,
  address text not null,
  sealed bytea,
  state text not null default 'waiting'::text,
  fault text,
  attempts integer not null default 0,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint dispatch_pkey PRIMARY KEY (id),
  constraint dispatch_purpose_check CHECK ((purpose = ANY (ARRAY['access-code'::text, 'invitation'::text]))),
  constraint dispatch_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'failed'::text, 'shown'::text, 'expired'::text])))
);
CREATE INDEX dispatch_by_time ON public.dispatch USING btree (created_at, id);
CREATE INDEX dispatch_to_wipe ON public.dispatch USING btree (expires_at) WHERE (sealed IS NOT NULL);

create table event (
  id bigint not null generated always as identity,
  transaction_id xid8 not null default pg_current_xact_id(),
  organization_id uuid,
  name text not null,
  body jsonb not null,
  at timestamp with time zone not null,
  constraint event_pkey PRIMARY KEY (id)
);
CREATE INDEX event_in_order ON public.event USING btree (transaction_id, id);

create table mark (
  audience_id uuid not null,
  person_id uuid not null,
  read_number bigint not null,
  delivered_number bigint not null,
  constraint mark_pkey PRIMARY KEY (audience_id, person_id)
);
alter table mark set (fillfactor=60);

create table member (
  organization_id uuid not null,
  person_id uuid not null,
  name text not null,
  title text not null default ''::text,
  place text not null default ''::text,
  phone text not null default ''::text,
  address text not null,
  manager_id uuid,
  role text not null default 'employee'::text,
  state text not null default 'invited'::text,
  source text not null default 'made'::text,
  key text,
  created_at timestamp with time zone not null,
  invited_at timestamp with time zone,
  joined_at timestamp with time zone,
  declined_at timestamp with time zone,
  constraint member_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint member_organization_id_manager_id_fkey FOREIGN KEY (organization_id, manager_id) REFERENCES member(organization_id, person_id) DEFERRABLE INITIALLY DEFERRED,
  constraint member_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint member_pkey PRIMARY KEY (organization_id, person_id),
  constraint member_role_check CHECK ((role = ANY (ARRAY['administrator'::text, 'employee'::text]))),
  constraint member_source_check CHECK ((source = ANY (ARRAY['import'::text, 'made'::text]))),
  constraint member_state_check CHECK ((state = ANY (ARRAY['invited'::text, 'active'::text, 'deactivated'::text])))
);
CREATE UNIQUE INDEX member_by_address ON public.member USING btree (organization_id, address) WHERE (state <> 'deactivated'::text);
CREATE UNIQUE INDEX member_by_key ON public.member USING btree (organization_id, key) WHERE ((key IS NOT NULL) AND (state <> 'deactivated'::text));
CREATE INDEX member_by_manager ON public.member USING btree (organization_id, manager_id) WHERE (state <> 'deactivated'::text);
CREATE INDEX member_by_name ON public.member USING btree (organization_id, name, person_id);
CREATE INDEX member_of_person ON public.member USING btree (person_id);

create table membership (
  conversation_id uuid not null,
  person_id uuid not null,
  role text not null,
  source text not null,
  constraint membership_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversation(id),
  constraint membership_pkey PRIMARY KEY (conversation_id, person_id),
  constraint membership_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'member'::text]))),
  constraint membership_source_check CHECK ((source = ANY (ARRAY['chart'::text, 'owner'::text])))
);
CREATE INDEX membership_of_person ON public.membership USING btree (person_id);

create table membership_interval (
  conversation_id uuid not null,
  person_id uuid not null,
  role text not null,
  from_version bigint not null,
  to_version bigint,
  from_number bigint not null,
  from_message_number bigint not null,
  constraint membership_interval_check CHECK ((to_version >= from_version)),
  constraint membership_interval_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversation(id),
  constraint membership_interval_pkey PRIMARY KEY (conversation_id, person_id, from_version),
  constraint membership_interval_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'member'::text])))
);
CREATE INDEX membership_interval_of_person ON public.membership_interval USING btree (person_id, conversation_id);
CREATE UNIQUE INDEX membership_interval_open ON public.membership_interval USING btree (conversation_id, person_id) WHERE (to_version IS NULL);

create table message (
  audience_id uuid not null,
  number bigint not null,
  message_number bigint not null,
  version bigint not null,
  author_id uuid not null,
  id uuid not null,
  parts jsonb not null,
  content_hash bytea not null,
  reply_to bigint,
  posted_at timestamp with time zone not null,
  edited_at timestamp with time zone,
  deleted_at timestamp with time zone,
  transaction_id xid8 not null default pg_current_xact_id(),
  constraint message_audience_id_author_id_id_key UNIQUE (audience_id, author_id, id),
  constraint message_pkey PRIMARY KEY (audience_id, number)
);

create table nesting (
  outer_id uuid not null,
  inner_id uuid not null,
  constraint nesting_check CHECK ((outer_id <> inner_id)),
  constraint nesting_inner_id_fkey FOREIGN KEY (inner_id) REFERENCES conversation(id),
  constraint nesting_outer_id_fkey FOREIGN KEY (outer_id) REFERENCES conversation(id),
  constraint nesting_pkey PRIMARY KEY (outer_id, inner_id)
);
CREATE INDEX nesting_by_inner ON public.nesting USING btree (inner_id);

create table organization (
  id uuid not null,
  name text not null,
  accent text not null,
  locale text not null,
  directory_version bigint not null default 1,
  created_at timestamp with time zone not null,
  constraint organization_pkey PRIMARY KEY (id)
);

create table person (
  id uuid not null,
  created_at timestamp with time zone not null,
  last_number bigint not null default 0,
  last_id uuid,
  constraint person_pkey PRIMARY KEY (id)
);

create table person_address (
  address text not null,
  person_id uuid not null,
  created_at timestamp with time zone not null,
  constraint person_address_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint person_address_pkey PRIMARY KEY (address)
);
CREATE INDEX person_address_of_person ON public.person_address USING btree (person_id);

create table person_event (
  person_id uuid not null,
  number bigint not null,
  id uuid not null,
  name text not null,
  body jsonb not null,
  at timestamp with time zone not null,
  constraint person_event_pkey PRIMARY KEY (person_id, number)
);

create table reaction (
  audience_id uuid not null,
  number bigint not null,
  emoji text not null,
  person_id uuid not null,
  at timestamp with time zone not null,
  constraint reaction_pkey PRIMARY KEY (audience_id, number, emoji, person_id)
);

create table reaction_position (
  reaction text not null,
  transaction_id xid8 not null,
  event_id bigint not null,
  constraint reaction_position_pkey PRIMARY KEY (reaction)
);

create table server (
  is_only boolean not null default true,
  epoch uuid not null default gen_random_uuid(),
  constraint server_is_only_check CHECK (is_only),
  constraint server_pkey PRIMARY KEY (is_only)
);

create table setup_token (
  token_hash bytea not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint setup_token_pkey PRIMARY KEY (token_hash)
);

CREATE OR REPLACE FUNCTION public.audience_spans(audience uuid, person uuid)
 RETURNS TABLE(organization_id uuid, role text, from_version bigint, to_version bigint)
 LANGUAGE sql
 STABLE
AS $function$
  select place.organization_id, span.role, span.from_version, span.to_version
  from (select * from audience where audience.id = $1 offset 0) as place
  cross join lateral (
    select * from membership_interval
    where membership_interval.conversation_id = place.conversation_id and membership_interval.person_id = $2 offset 0
  ) as span
  cross join lateral (
    select from member
    where member.organization_id = place.organization_id and member.person_id = $2 and member.state = 'active' offset 0
  ) as active
  where place.rule = 'everybody' or rule_admits(place.rule, span.role, place.id, span.person_id)
$function$
;

CREATE OR REPLACE FUNCTION public.rule_admits(rule text, role text, audience uuid, person uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
RETURN CASE rule WHEN 'everybody'::text THEN true WHEN 'owners'::text THEN (role = 'owner'::text) WHEN 'except'::text THEN (NOT (EXISTS (SELECT FROM audience_person WHERE ((audience_person.audience_id = rule_admits.audience) AND (audience_person.person_id = rule_admits.person))))) ELSE (EXISTS (SELECT FROM audience_person WHERE ((audience_person.audience_id = rule_admits.audience) AND (audience_person.person_id = rule_admits.person)))) END
;

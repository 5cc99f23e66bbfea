-- People, how they prove who they are, and what they agreed to. Everything personal is sealed or a keyed
-- fingerprint; erasing a person empties these columns and leaves a bare id behind.
create schema parties;

create table parties.person (
  id           uuid primary key,
  phone_sealed bytea,
  phone_print  bytea unique,                -- HMAC of the number: found, never read back
  created_at   timestamptz not null,
  erased_at    timestamptz,
  check ((phone_sealed is null) = (phone_print is null)),
  check ((erased_at is null) = (phone_print is not null))
);

create table parties.organisation (
  id         uuid primary key,
  kind       text not null check (kind in ('operator', 'recycler', 'enterprise', 'issuer')),
  name_zh    text not null check (length(name_zh) between 1 and 80),
  name_en    text not null check (length(name_en) between 1 and 80),
  created_at timestamptz not null
);
create unique index organisation_one_operator on parties.organisation (kind) where kind = 'operator';
-- The house itself: whoever has roles here is staff.
insert into parties.organisation (id, kind, name_zh, name_en, created_at)
values ('00000000-0000-7000-8000-000000000001', 'operator', '平台', 'The platform', '2026-01-01T00:00:00Z');

create table parties.membership (
  organisation_id uuid not null references parties.organisation,
  person_id       uuid not null references parties.person,
  roles           text[] not null check (cardinality(roles) > 0),
  since           timestamptz not null,
  changed_at      timestamptz not null,
  primary key (organisation_id, person_id)
);
create index membership_person on parties.membership (person_id);

create table parties.session (
  id               uuid primary key,
  person_id        uuid not null references parties.person,
  token_digest     bytea not null unique,   -- SHA-256 of 256 random bits; the token itself is only in the cookie
  previous_digest  bytea unique,            -- the token before the last rotation, good for seconds, never stepped up
  rotated_at       timestamptz not null,
  opened_by        text not null check (opened_by in ('otp', 'passkey')),
  opened_at        timestamptz not null,
  seen_at          timestamptz not null,
  second_factor_at timestamptz,
  stepped_up_at    timestamptz,
  agent            text not null,
  address          text not null
);
create index session_person on parties.session (person_id);

-- One live code for a number and a purpose; a new one replaces it.
create table parties.code (
  phone_print bytea not null,
  purpose     text not null check (purpose in ('sign_in', 'step_up')),
  id          uuid not null unique,
  digest      bytea not null,               -- HMAC over id, purpose, number, session and code
  wrong_tries int not null default 0 check (wrong_tries between 0 and 3),
  expires_at  timestamptz not null,
  primary key (phone_print, purpose)
);

create table parties.throttle (
  gate      text not null,
  key       bytea not null,                 -- HMAC: no address or number is kept for counting
  opened_at timestamptz not null,
  used      int not null check (used > 0),
  primary key (gate, key)
);
create index throttle_opened_at on parties.throttle (opened_at);

create table parties.totp (
  person_id     uuid primary key references parties.person,
  secret_sealed bytea not null,
  created_at    timestamptz not null,
  confirmed_at  timestamptz,
  last_step     int8 not null default 0     -- a code is good once: only later steps are accepted
);

create table parties.passkey (
  id            uuid primary key,
  person_id     uuid not null references parties.person,
  credential_id text not null unique,
  public_key    bytea not null,
  sign_count    int8 not null,
  transports    text[] not null,
  name          text not null check (length(name) between 1 and 60),
  backed_up     boolean not null,
  created_at    timestamptz not null,
  used_at       timestamptz
);
create index passkey_person on parties.passkey (person_id);

create table parties.ceremony (
  id         uuid primary key,
  kind       text not null check (kind in ('register', 'sign_in', 'step_up')),
  session_id uuid references parties.session on delete cascade,
  challenge  text not null,                 -- random and public by nature; used once, then deleted
  expires_at timestamptz not null,
  check ((kind = 'sign_in') = (session_id is null))
);

create table parties.real_name (
  id          uuid primary key,
  person_id   uuid not null references parties.person,
  state       text not null check (state in ('pending', 'verified', 'rejected')),
  reason      text,
  name_sealed bytea,
  id_sealed   bytea,
  id_print    bytea,
  request_no  uuid not null unique,         -- stored before the provider is called, so that it can be asked again
  asked_at    timestamptz not null,
  decided_at  timestamptz,
  check ((state = 'pending') = (decided_at is null)),
  check ((state = 'rejected') = (reason is not null)),
  check (state = 'rejected' or (name_sealed is not null and id_sealed is not null and id_print is not null))
);
-- One identity, one account; and one open or won check a person.
create unique index real_name_identity on parties.real_name (id_print) where state <> 'rejected';
create unique index real_name_person on parties.real_name (person_id) where state <> 'rejected';
create index real_name_history on parties.real_name (person_id, asked_at);

create table parties.consent (
  id           uuid primary key,
  person_id    uuid not null references parties.person,
  purpose      text not null,
  version      int not null check (version > 0),
  granted_at   timestamptz not null,
  withdrawn_at timestamptz,
  check (withdrawn_at >= granted_at)
);
create unique index consent_live on parties.consent (person_id, purpose) where withdrawn_at is null;
create index consent_person on parties.consent (person_id);

-- Outbox of text messages. Number and words are emptied as soon as the message has left.
create table parties.message (
  id          uuid primary key,             -- also the request number at the gateway
  person_id   uuid references parties.person,
  template    text not null,
  to_sealed   bytea,                        -- a number that may belong to nobody yet
  code_sealed bytea,
  params      jsonb,
  state       text not null check (state in ('queued', 'sent', 'failed', 'dropped')),
  created_at  timestamptz not null,
  expires_at  timestamptz,
  decided_at  timestamptz,
  check (state = 'queued' or (to_sealed is null and code_sealed is null and params is null)),
  check ((state = 'queued') = (decided_at is null))
);
create index message_person on parties.message (person_id);
create index message_created_at on parties.message (created_at);

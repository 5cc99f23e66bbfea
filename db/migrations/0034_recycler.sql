-- Recyclers: companies and shops that buy cards. Each is an organisation with members; its life is the process of the
-- same id. Names of persons are sealed; what the public register prints of a company is plain.
create table parties.recycler (
  id                uuid primary key references parties.organisation,
  credit_code       text not null check (credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
  legal_name        text not null check (length(legal_name) between 2 and 100),
  legal_person      bytea not null,             -- sealed
  operator_is_legal boolean not null,           -- whoever signed up is the legal person of the licence
  tier              text not null check (tier in ('tiny', 'standard')),
  state             text not null,
  address           text,                       -- as registered
  licence_until     date,                       -- null: without term
  verified_at       timestamptz,
  verified_until    timestamptz check (verified_until > verified_at),
  opened_at         timestamptz,                -- first day of business here
  refund_on         date,                       -- stated when it leaves: the deposit goes back on this day
  reason            text,                       -- why it is restricted or suspended: a code
  settled_fen       int8 not null default 0 check (settled_fen >= 0),
  settled_count     int not null default 0 check (settled_count >= 0),
  alert_below_fen   int8 check (alert_below_fen > 0),   -- text the owners when the free wallet falls below
  alerted_at        timestamptz,                -- null again when the wallet is filled
  created_by        uuid not null references parties.person,
  created_at        timestamptz not null,
  check ((verified_at is null) = (verified_until is null))
);
-- One licence, one recycler: a closed one may come back.
create unique index recycler_one_live on parties.recycler (credit_code) where state <> 'closed';
create index recycler_state on parties.recycler (state, id);
create index recycler_verified_until on parties.recycler (verified_until)
  where state in ('probation', 'active', 'restricted');

-- Each question to the public register, under a number that was stored before it was asked.
create table parties.licence_check (
  id            uuid primary key,
  recycler_id   uuid not null references parties.recycler,
  request_no    uuid not null unique,
  credit_code   text not null,
  legal_name    text not null,
  legal_person  bytea not null,                 -- sealed
  state         text not null check (state in ('pending', 'confirmed', 'doubtful', 'unanswered')),
  doubt         text check (doubt in ('not_registered', 'name_differs', 'person_differs', 'revoked', 'expired')),
  asked_at      timestamptz not null,
  answered_at   timestamptz,
  check ((state = 'pending') = (answered_at is null)),
  check ((state = 'doubtful') = (doubt is not null))
);
create unique index licence_check_one_open on parties.licence_check (recycler_id) where state = 'pending';
create index licence_check_recycler on parties.licence_check (recycler_id, asked_at);

-- The photo of the licence, encoded anew and sealed under a key of its own; a new one replaces it.
create table parties.licence_photo (
  recycler_id uuid primary key references parties.recycler,
  id          uuid not null unique,
  digest      bytea not null check (length(digest) = 32),
  width       int not null,
  height      int not null,
  kek_id      text not null,
  wrapped_key bytea not null,
  sealed      bytea not null,
  added_by    uuid not null references parties.person,
  at          timestamptz not null
);

-- Asked to join by phone number; whoever signs in with that number may accept.
create table parties.recycler_invite (
  id           uuid primary key,
  recycler_id  uuid not null references parties.recycler,
  phone_print  bytea not null,
  phone_masked text not null,
  role         text not null check (role in ('owner', 'buyer', 'viewer')),
  invited_by   uuid not null references parties.person,
  at           timestamptz not null,
  expires_at   timestamptz not null check (expires_at > at),
  state        text not null check (state in ('open', 'accepted', 'withdrawn'))
);
create unique index recycler_invite_open on parties.recycler_invite (recycler_id, phone_print) where state = 'open';
create index recycler_invite_phone on parties.recycler_invite (phone_print) where state = 'open';

-- Keys of programs: only the digest is kept, and where it may be used from.
create table parties.api_key (
  id          uuid primary key,
  recycler_id uuid not null references parties.recycler,
  name        text not null check (length(name) between 1 and 60),
  digest      bytea not null unique check (length(digest) = 32),
  tail        text not null check (length(tail) = 4),      -- the last four signs, to tell keys apart
  scopes      text[] not null check (cardinality(scopes) > 0),
  networks    cidr[] not null,                             -- empty: from anywhere
  made_by     uuid not null references parties.person,
  made_at     timestamptz not null,
  used_at     timestamptz,
  expires_at  timestamptz,
  revoked_at  timestamptz
);
create index api_key_recycler on parties.api_key (recycler_id, id);

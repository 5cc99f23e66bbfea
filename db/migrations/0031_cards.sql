-- Cards: the published catalogue, the vault of sealed secrets, promises on cards, and every call to an issuer.
create schema cards;

create table cards.issuer (
  id           text primary key check (id ~ '^[a-z][a-z0-9-]{1,30}$'),
  doc          jsonb not null,
  published_at timestamptz not null
);

-- A product is never edited: a change is a new version, and a card keeps the version it was sealed under.
create table cards.product (
  sku          text not null check (sku ~ '^[a-z][a-z0-9-]{2,40}$'),
  version      int not null check (version > 0),
  issuer_id    text not null references cards.issuer,
  category     text not null check (category in
                 ('dining', 'grocery', 'cinema', 'fresh', 'fuel', 'ecommerce', 'cafe', 'membership')),
  search       text not null,               -- names in lower case, for the search box
  doc          jsonb not null,
  digest       bytea not null,
  catalogue    text not null,               -- the published file this version came with
  published_at timestamptz not null,
  withdrawn_at timestamptz,
  primary key (sku, version)
);
create unique index product_current on cards.product (sku) where withdrawn_at is null;
create index product_category on cards.product (category, sku) where withdrawn_at is null;

create table cards.card (
  id              uuid primary key,
  owner_id        uuid not null,
  sku             text not null,
  product_version int not null,
  issuer_id       text not null references cards.issuer,
  last4           text not null check (length(last4) = 4),
  face_fen        int8 not null check (face_fen > 0),
  expires_on      date,                     -- as the seller declared it
  validity        text not null check (validity in
                    ('unknown', 'valid', 'short', 'used', 'inactive', 'frozen', 'expired', 'fake')),
  custody         text not null check (custody in
                    ('seller', 'vault', 'buyer', 'issuer', 'chain', 'shredded')),
  balance_fen     int8 check (balance_fen >= 0),  -- as the issuer last said it
  grade           text check (grade ~ '^V[0-6]$'),
  sealed_at       timestamptz not null,
  verified_at     timestamptz,
  foreign key (sku, product_version) references cards.product (sku, version)
);
create index card_owner on cards.card (owner_id, issuer_id, sealed_at);

-- Plaintext never touches this table. Deleting wrapped_dek makes the rest unreadable for ever (crypto-shred).
create table cards.secret (
  card_id     uuid primary key references cards.card,
  kek_id      text,
  wrapped_dek bytea,
  number_ct   bytea not null,               -- 12-byte nonce, 16-byte tag, ciphertext; AAD v1|card|number
  pin_ct      bytea,                        -- the same, AAD v1|card|pin
  sealed_at   timestamptz not null,
  shredded_at timestamptz,
  check ((wrapped_dek is null) = (shredded_at is not null)),
  check ((wrapped_dek is null) = (kek_id is null))
);
create index secret_kek on cards.secret (kek_id) where wrapped_dek is not null;

-- One number is here once. A re-issued card has two: the dead number stays known while the card is ours.
create table cards.fingerprint (
  card_id    uuid not null references cards.card,
  hmac       bytea not null check (length(hmac) = 32),
  started_at timestamptz not null,
  ended_at   timestamptz,
  primary key (card_id, hmac)
);
create unique index fingerprint_live on cards.fingerprint (hmac) where ended_at is null;

-- One card, one promise.
create table cards.encumbrance (
  id         uuid primary key,
  card_id    uuid not null references cards.card,
  kind       text not null check (kind in ('quote', 'order', 'auction', 'lot', 'token', 'dispute')),
  ref        text not null,
  started_at timestamptz not null,
  ended_at   timestamptz
);
create unique index encumbrance_live on cards.encumbrance (card_id) where ended_at is null;
create index encumbrance_ref on cards.encumbrance (card_id, ref);

-- A person sees a card's secret only through a row here that two people signed.
create table cards.reveal (
  id                  uuid primary key,
  card_id             uuid not null references cards.card,
  order_ref           text not null,
  reason_code         text not null,
  note                text not null,
  requested_by        uuid not null,
  requested_at        timestamptz not null,
  request_expires_at  timestamptz not null,
  approved_by         uuid,
  approved_at         timestamptz,
  approval_expires_at timestamptz,
  opened_at           timestamptz,
  check (approved_by is null or approved_by <> requested_by),
  check ((approved_by is null) = (approved_at is null)),
  check ((approved_by is null) = (approval_expires_at is null)),
  check (opened_at is null or opened_at <= approval_expires_at)
);
create index reveal_card on cards.reveal (card_id);

-- The request number is committed before the call leaves; what became of it is found by that number alone.
create table cards.issuer_call (
  request_no  uuid primary key,
  card_id     uuid not null references cards.card,
  ref         text not null,
  issuer_id   text not null,
  op          text not null check (op in ('inquire', 'lock', 'transfer', 'release', 'void')),
  state       text not null check (state in ('open', 'unknown', 'done', 'refused')),
  tries       int not null default 0 check (tries >= 0),
  result      jsonb,                        -- never holds a number or a PIN
  secret_ct   bytea,                        -- a re-issued number until the card takes it over, sealed
  error       text,
  opened_at   timestamptz not null,
  answered_at timestamptz,
  unique (card_id, ref, op)
);
create index issuer_call_open on cards.issuer_call (opened_at) where state in ('open', 'unknown');

-- What was seen at the issuer, signed by the house, so that it can be shown later who held an empty card.
create table cards.probe (
  id         uuid primary key,
  card_id    uuid not null references cards.card,
  ref        text not null,
  request_no uuid not null references cards.issuer_call,
  seen       text not null,                 -- canonical JSON, exactly the signed bytes
  signature  bytea not null check (length(signature) = 64),
  at         timestamptz not null
);
create index probe_card on cards.probe (card_id, at);

create table cards.verification (
  card_id     uuid not null references cards.card,
  ref         text not null,
  code        text not null,
  grade       text not null check (grade ~ '^V[0-6]$'),
  balance_fen int8 check (balance_fen >= 0),
  expires_on  date,
  probe_id    uuid references cards.probe,
  at          timestamptz not null,
  primary key (card_id, ref)
);

-- Consecutive failures of an issuer; while `open_until` lies ahead nobody is kept waiting for it.
create table cards.issuer_health (
  issuer_id  text primary key references cards.issuer,
  failures   int not null check (failures >= 0),
  open_until timestamptz,
  error      text,
  changed_at timestamptz not null
);

-- Wrong numbers and PINs, so that the balance check of an issuer is no oracle for thieves.
create table cards.bad_attempt (
  id        uuid primary key,
  user_id   uuid not null,
  issuer_id text not null,
  at        timestamptz not null
);
create index bad_attempt_user on cards.bad_attempt (user_id, issuer_id, at);
create index bad_attempt_issuer on cards.bad_attempt (issuer_id, at);

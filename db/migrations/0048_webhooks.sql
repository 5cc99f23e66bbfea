-- Webhooks: what a recycler's own programs are told of. Thin: ids, states, amounts and deadlines, nothing personal.
create schema webhooks;

create table webhooks.endpoint (
  id                uuid primary key,
  recycler_id       uuid not null,
  url               text not null check (length(url) between 8 and 500),
  events            text[] not null check (cardinality(events) > 0),
  signs_v1a         boolean not null,            -- with the house's Ed25519 key too
  secret_sealed     bytea not null,
  old_secret_sealed bytea,                       -- after a rotation, good until
  old_until         timestamptz,
  state             text not null check (state in ('live', 'disabled', 'removed')),
  reason            text check (reason in ('gone', 'failing', 'owner')),
  failing_since     timestamptz,                 -- null again as soon as one message arrives
  made_by           uuid not null,
  made_at           timestamptz not null,
  check ((old_secret_sealed is null) = (old_until is null)),
  check ((state = 'disabled') = (reason is not null))
);
create index endpoint_recycler on webhooks.endpoint (recycler_id, id) where state <> 'removed';

-- One thing that happened, in the very bytes that are signed and sent; its id is the `webhook-id`.
create table webhooks.message (
  id          uuid primary key,
  recycler_id uuid not null,
  type        text not null check (type ~ '^[a-z]+\.[a-z_]+$'),
  body        text not null check (length(body) <= 4096),
  at          timestamptz not null
);

-- One message on its way to one endpoint: the process of the same id.
create table webhooks.delivery (
  id          uuid primary key,
  message_id  uuid not null references webhooks.message,
  endpoint_id uuid not null references webhooks.endpoint,
  cause       text not null check (cause in ('event', 'redelivery', 'test')),
  state       text not null,
  tries       int not null default 0 check (tries >= 0),
  next_at     timestamptz,
  at          timestamptz not null
);
create index delivery_endpoint on webhooks.delivery (endpoint_id, id);
create index delivery_message on webhooks.delivery (message_id);

-- Each try. Of an answer only the status line is kept, never a header or a body.
create table webhooks.attempt (
  delivery_id uuid not null references webhooks.delivery,
  number      int not null check (number > 0),
  at          timestamptz not null,
  ms          int not null check (ms >= 0),
  status      int check (status between 100 and 999),
  status_line text check (length(status_line) <= 1024),
  failure     text,
  primary key (delivery_id, number),
  check ((status is null) = (failure is not null))
);

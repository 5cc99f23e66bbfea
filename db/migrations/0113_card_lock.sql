-- A card whose issuer only locks it stays locked as long as its token lives: when the lock ends, and where its renewal stands.
create table exchange.card_lock (
  id         uuid primary key,
  token_ref  uuid not null unique references exchange.token,
  until      timestamptz not null,                           -- as the issuer said it last
  rounds     int not null default 0 check (rounds >= 0),     -- requests answered; numbers the next one
  state      text not null check (state in ('held', 'renewing', 'ending', 'lapsed', 'ended')),
  created_at timestamptz not null
);
create index card_lock_ending on exchange.card_lock (token_ref) where state in ('ending', 'lapsed');

-- Cards that are on the chain already: their locks are renewed at once.
with locked as (
  select gen_random_uuid() as id, t.id as token_ref, now() as at,
         (c.result #>> '{value,until}')::timestamptz as until
  from exchange.token as t
  join cards.issuer_call as c
    on c.card_id = t.card_id and c.ref = t.id::text and c.op = 'lock' and c.state = 'done'
  where t.state in ('minting', 'on_chain', 'frozen', 'burnt')
    and not exists (select from exchange.reissue as r where r.token_ref = t.id and r.answer = 'reissued')
), kept as (
  insert into exchange.card_lock (id, token_ref, until, state, created_at)
  select id, token_ref, until, 'held', at from locked
), begun as (
  insert into process.instance (id, process, version, state, entered_at, promised_at, due_at, due_transition, wake_at, seq, terminal)
  select id, 'card_lock', 1, 'held', at, at, at, 'renew', at, 0, false from locked
  returning id, entered_at
)
insert into process.step (instance, seq, transition, by, to_state, at)
select id, 0, 'start', 'system', 'held', entered_at from begun;

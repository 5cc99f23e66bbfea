-- The counter: cards that a recycler's shop takes in person, also while it is offline. A visit's life is
-- process.instance; `state` is a copy written in the same transaction.
alter table parties.code drop constraint code_purpose_check;
alter table parties.code add constraint code_purpose_check check (purpose in ('sign_in', 'step_up', 'counter'));

-- One till of a shop. Whoever books a card into a day, or closes a day, locks it first.
create table buyback.till (
  recycler       text not null,
  name           text not null check (length(name) between 1 and 40),
  closed_through date,                          -- last closed day, in China
  primary key (recycler, name)
);

create table buyback.visit (
  id         uuid primary key,                  -- in the number of the receipt, issued before the card came
  recycler   text not null,
  till       text not null,
  clerk_id   uuid not null,
  state      text not null,
  sku        text not null,
  face_fen   bigint not null check (face_fen > 0),
  expires_on date,
  is_offline boolean not null,                  -- taken while the till had no network
  taken_at   timestamptz not null,              -- as the till says
  arrived_at timestamptz not null,
  digest     bytea not null,                    -- of what the till sent: the same number again is the same card again
  box        bytea,                             -- number, PIN and phone, sealed by the till for the house; gone at the end
  phone_seal bytea,                             -- the seller's number, sealed; gone at the end
  quote_id   uuid not null,
  seller_id  uuid,
  order_id   uuid unique references buyback."order",
  agreed_by  text check (agreed_by in ('phone', 'code')),
  booked_on  date,                              -- the day of the till on which it counts
  ended_at   timestamptz,
  foreign key (recycler, till) references buyback.till,
  check ((order_id is null) = (seller_id is null)),
  check ((order_id is null) = (booked_on is null)),
  check ((order_id is null) = (agreed_by is null)),
  check ((ended_at is null) = (box is not null)),
  check ((box is null) = (phone_seal is null))
);
create index visit_recycler on buyback.visit (recycler, id desc);
create index visit_booked on buyback.visit (recycler, till, booked_on) where booked_on is not null;

-- The end of a day at one till: what should lie in the drawer, what a person counted, and why the two differ.
create table buyback.till_close (
  id            uuid primary key,
  recycler      text not null,
  till          text not null,
  day           date not null,
  expected      int not null check (expected >= 0),
  counted       int not null check (counted >= 0),
  returned      int not null check (returned >= 0),  -- bought, then not accepted by the issuer: back to the seller
  waiting       int not null check (waiting >= 0),   -- still open at the till
  unsent        int not null check (unsent >= 0),    -- in the till's queue, as the till says
  face_fen      bigint not null check (face_fen >= 0),
  net_fen       bigint not null check (net_fen >= 0),
  note          text check (length(note) between 3 and 500),
  closed_by     uuid not null,
  closed_at     timestamptz not null,
  foreign key (recycler, till) references buyback.till,
  unique (recycler, till, day),
  constraint difference_explained check (counted = expected or note is not null)
);

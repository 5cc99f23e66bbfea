-- An issuer that never said what became of a re-issue is asked again when the desk wants it: that state is no end any more.
alter table exchange.reissue rename column over_at to ask_until;
update exchange.reissue set ask_until = ask_until + interval '30 days' where ask_until is not null;
alter table exchange.reissue drop constraint reissue_state_check;
alter table exchange.reissue add constraint reissue_state_check check (state in (
  'asking', 'confirming', 'waiting', 'refunding', 'resolving', 'sold', 'kept', 'refunded', 'stuck', 'unresolved', 'shelved'));
update process.instance
set terminal = false, due_at = now() + interval '366 days', due_transition = 'shelve', wake_at = now() + interval '366 days'
where process = 'reissue' and state = 'unresolved' and terminal;

-- Whoever confirmed a notice may propose to lift it later; only the lifting itself takes somebody else.
alter table cards.notice drop constraint notice_check;
alter table cards.notice add constraint notice_lifted_by_two
  check (state <> 'lifted' or decided_by is distinct from proposed_by);

-- A re-issued card that the contract kept is handed over to its buyer under a case, as it is frozen or freed under one.
alter table exchange.card_case drop constraint card_case_kind_check;
alter table exchange.card_case add constraint card_case_kind_check check (kind in ('freeze', 'thaw', 'hand_over'));

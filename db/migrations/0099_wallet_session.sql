-- A wallet that is bound to an account opens a session of it, as a code and a passkey do.
alter table parties.session drop constraint session_opened_by_check;
alter table parties.session add constraint session_opened_by_check
  check (opened_by in ('otp', 'passkey', 'wallet'));

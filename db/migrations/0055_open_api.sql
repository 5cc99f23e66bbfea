-- Messages of webhooks are forgotten after a month; this finds the old ones.
create index message_at on webhooks.message (at);

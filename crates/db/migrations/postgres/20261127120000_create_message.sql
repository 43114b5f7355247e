-- What is mailed: written before it is sent, so that a process that dies between the two is found.
create table mail (
    id bigint generated always as identity primary key,
    account_id bigint not null references account (id),
    address text collate "C" not null,
    message_id text collate "C" not null unique,
    subject text collate "C" not null,
    body text collate "C" not null,
    state text collate "C" not null check (state in ('waiting', 'sending', 'sent', 'failed', 'unknown')),
    attempts bigint not null default 0,
    due_at text collate "C" not null,
    process text collate "C",
    made_at text collate "C" not null
);
create index mail_under_way on mail (state, due_at) where state in ('waiting', 'sending');

-- Every attempt to send a mail, with what the server answered; its row stands before the server is asked.
create table mail_attempt (
    id bigint generated always as identity primary key,
    mail_id bigint not null references mail (id),
    at text collate "C" not null,
    outcome text collate "C" not null check (outcome in ('sending', 'sent', 'later', 'refused', 'unknown', 'again')),
    answer text collate "C" not null
);
create index mail_attempt_of on mail_attempt (mail_id, id);

-- What an account is told, written with the act it tells of; a message is in one mail at most.
create table message (
    id bigint generated always as identity primary key,
    account_id bigint not null references account (id),
    kind text collate "C" not null,
    case_id bigint references award_case (id),
    path text collate "C" not null,
    subject text collate "C" not null,
    body text collate "C" not null,
    once text collate "C",
    told_on text collate "C" not null,
    told_at text collate "C" not null,
    read_at text collate "C",
    over_at text collate "C",
    mail_id bigint references mail (id)
);
create unique index message_once on message (account_id, once);
create index message_of on message (account_id, id);
create index message_unread on message (account_id) where read_at is null and over_at is null;
create index message_unmailed on message (account_id) where mail_id is null and read_at is null and over_at is null;
create index message_about on message (case_id) where over_at is null;

-- Where an account wants its mail, and which kinds how; nothing that was told before `since` is mailed.
create table message_setting (
    account_id bigint not null primary key references account (id),
    address text collate "C" not null,
    modes text collate "C" not null,
    since text collate "C" not null,
    daily_on text collate "C",
    weekly_on text collate "C"
);

-- The office's own wording of a kind of message.
create table message_wording (
    kind text collate "C" not null primary key,
    subject text collate "C" not null,
    body text collate "C" not null
);

-- What is mailed: written before it is sent, so that a process that dies between the two is found.
create table mail (
    id integer primary key autoincrement,
    account_id bigint not null references account (id),
    address text not null,
    message_id text not null unique,
    subject text not null,
    body text not null,
    state text not null check (state in ('waiting', 'sending', 'sent', 'failed', 'unknown')),
    attempts bigint not null default 0,
    due_at text not null,
    process text,
    made_at text not null
);
create index mail_under_way on mail (state, due_at) where state in ('waiting', 'sending');

-- Every attempt to send a mail, with what the server answered; its row stands before the server is asked.
create table mail_attempt (
    id integer primary key autoincrement,
    mail_id bigint not null references mail (id),
    at text not null,
    outcome text not null check (outcome in ('sending', 'sent', 'later', 'refused', 'unknown', 'again')),
    answer text not null
);
create index mail_attempt_of on mail_attempt (mail_id, id);

-- What an account is told, written with the act it tells of; a message is in one mail at most.
create table message (
    id integer primary key autoincrement,
    account_id bigint not null references account (id),
    kind text not null,
    case_id bigint references award_case (id),
    path text not null,
    subject text not null,
    body text not null,
    once text,
    told_on text not null,
    told_at text not null,
    read_at text,
    over_at text,
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
    address text not null,
    modes text not null,
    since text not null,
    daily_on text,
    weekly_on text
);

-- The office's own wording of a kind of message.
create table message_wording (
    kind text not null primary key,
    subject text not null,
    body text not null
);

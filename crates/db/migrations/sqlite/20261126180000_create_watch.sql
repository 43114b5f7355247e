-- Standing searches over what comes into the corpus, each with the last arrival of documents that it has looked at.
create table watch (
    id integer primary key autoincrement,
    account_id bigint not null references account (id),
    name text not null,
    kind text not null check (kind in ('entry', 'field', 'lapse', 'own')),
    search text not null,
    seen_arrival bigint not null,
    began_on text not null,
    run_at text,
    created_at text not null,
    removed_at text
);
create unique index watch_name on watch (account_id, name) where removed_at is null;

-- What a watch has told; the same subject is told once, and again only when its level rises.
create table warning (
    id integer primary key autoincrement,
    watch_id bigint not null references watch (id),
    subject text not null,
    level text not null check (level in ('ordinary', 'notable', 'major')),
    reason text not null,
    told_on text not null,
    told_at text not null,
    unique (watch_id, subject)
);

-- The documents that a warning rests on, in order, each with what it has to do with it.
create table warning_document (
    warning_id bigint not null references warning (id),
    place bigint not null,
    document_key text not null,
    words text not null,
    primary key (warning_id, place)
);

-- How a warning was handled; the latest step says where it stands, none means that nobody has begun.
create table warning_step (
    id integer primary key autoincrement,
    warning_id bigint not null references warning (id),
    stage text not null check (stage in ('open', 'handling', 'closed')),
    note text not null,
    by_whom text not null,
    at text not null
);
create index warning_step_of on warning_step (warning_id, id);

-- Standing searches over what comes into the corpus, each with the last arrival of documents that it has looked at.
create table watch (
    id bigint generated always as identity primary key,
    account_id bigint not null references account (id),
    name text collate "C" not null,
    kind text collate "C" not null check (kind in ('entry', 'field', 'lapse', 'own')),
    search text collate "C" not null,
    seen_arrival bigint not null,
    began_on text collate "C" not null,
    run_at text collate "C",
    created_at text collate "C" not null,
    removed_at text collate "C"
);
create unique index watch_name on watch (account_id, name) where removed_at is null;

-- What a watch has told; the same subject is told once, and again only when its level rises.
create table warning (
    id bigint generated always as identity primary key,
    watch_id bigint not null references watch (id),
    subject text collate "C" not null,
    level text collate "C" not null check (level in ('ordinary', 'notable', 'major')),
    reason text collate "C" not null,
    told_on text collate "C" not null,
    told_at text collate "C" not null,
    unique (watch_id, subject)
);

-- The documents that a warning rests on, in order, each with what it has to do with it.
create table warning_document (
    warning_id bigint not null references warning (id),
    place bigint not null,
    document_key text collate "C" not null,
    words text collate "C" not null,
    primary key (warning_id, place)
);

-- How a warning was handled; the latest step says where it stands, none means that nobody has begun.
create table warning_step (
    id bigint generated always as identity primary key,
    warning_id bigint not null references warning (id),
    stage text collate "C" not null check (stage in ('open', 'handling', 'closed')),
    note text collate "C" not null,
    by_whom text collate "C" not null,
    at text collate "C" not null
);
create index warning_step_of on warning_step (warning_id, id);

-- Patent documents that an account keeps, with its rating and notes; what is taken out can be put back.
create table basket (
    id bigint generated always as identity primary key,
    account_id bigint not null references account (id),
    name text collate "C" not null,
    created_at text collate "C" not null,
    removed_at text collate "C"
);
create unique index basket_name on basket (account_id, name) where removed_at is null;

create table basket_document (
    basket_id bigint not null references basket (id),
    document_key text collate "C" not null,
    rating bigint check (rating between 1 and 5),
    note text collate "C" not null default '',
    added_at text collate "C" not null,
    removed_at text collate "C",
    primary key (basket_id, document_key)
);

-- Searches that an account keeps, each with the last arrival of documents that it has seen.
create table saved_search (
    id bigint generated always as identity primary key,
    account_id bigint not null references account (id),
    name text collate "C" not null,
    query text collate "C" not null,
    seen_arrival bigint not null,
    seen_at text collate "C" not null,
    created_at text collate "C" not null,
    removed_at text collate "C"
);
create unique index saved_search_name on saved_search (account_id, name) where removed_at is null;

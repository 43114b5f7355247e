-- Secrets at rest (密文): which key seals now, and account numbers in columns of their own; the next start seals what lies in the clear.
create table secret_key (
    id text collate "C" primary key not null,
    made_at text collate "C" not null,
    retired_at text collate "C"
);
create unique index secret_key_current on secret_key ((retired_at is null)) where retired_at is null;
alter table award_case add column account_number text collate "C";
alter table payment add column account_masked text collate "C" not null default '';

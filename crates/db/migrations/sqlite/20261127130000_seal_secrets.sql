-- Secrets at rest (密文): which key seals now, and account numbers in columns of their own; the next start seals what lies in the clear.
create table secret_key (
    id text primary key not null,
    made_at text not null,
    retired_at text
);
create unique index secret_key_current on secret_key ((retired_at is null)) where retired_at is null;
alter table award_case add column account_number text;
alter table payment add column account_masked text not null default '';

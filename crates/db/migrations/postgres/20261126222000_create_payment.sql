-- Money set aside for an item in a year (预算指标); the database itself refuses to overspend it.
create table budget_line (
    id bigint generated always as identity primary key,
    year bigint not null,
    source text collate "C" not null,
    award text collate "C" not null,
    basis text collate "C" not null,
    amount_fen bigint not null check (amount_fen >= 0),
    reserved_fen bigint not null default 0 check (reserved_fen >= 0),
    paid_fen bigint not null default 0 check (paid_fen >= 0),
    unique (year, source, award),
    check (reserved_fen + paid_fen <= amount_fen)
);

-- What was reserved for a case when it was decided.
create table reservation (
    case_id bigint not null primary key references award_case (id),
    line_id bigint not null references budget_line (id),
    amount_fen bigint not null check (amount_fen > 0),
    state text collate "C" not null check (state in ('reserved', 'paid', 'released'))
);

-- A batch of payment orders: made by one person, approved by another, sent to the bank, answered.
create table payment_batch (
    id bigint generated always as identity primary key,
    state text collate "C" not null check (state in ('made', 'approved', 'sent', 'closed', 'cancelled')),
    made_by text collate "C" not null,
    made_at text collate "C" not null,
    approved_by text collate "C",
    approved_at text collate "C",
    check (approved_by is null or approved_by <> made_by)
);
create table payment (
    id bigint generated always as identity primary key,
    number text collate "C" not null unique,
    batch_id bigint not null references payment_batch (id),
    case_id bigint not null references award_case (id),
    amount_fen bigint not null check (amount_fen > 0),
    recovered_fen bigint not null default 0 check (recovered_fen >= 0 and recovered_fen <= amount_fen),
    holder text collate "C" not null,
    bank text collate "C" not null,
    account_number text collate "C" not null,
    state text collate "C" not null check (state in ('ordered', 'paid', 'failed', 'cancelled')),
    reason text collate "C" not null default '',
    answered_on text collate "C"
);
-- A case is paid once, whatever happens twice.
create unique index payment_once on payment (case_id) where state in ('ordered', 'paid');

-- The bank's answers that were taken in, each once.
create table bank_answer (
    sha256 text collate "C" not null primary key,
    batch_id bigint not null references payment_batch (id),
    name text collate "C" not null,
    by_whom text collate "C" not null,
    at text collate "C" not null
);

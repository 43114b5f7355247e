-- The log of facts: what each received file said, row by row, and when that was learned.
create table batch (
    id integer primary key autoincrement,
    register text not null,
    kind text not null check (kind in ('import', 'correction', 'tie', 'judgement', 'entry')),
    file text not null,
    sheet_names text not null,
    encoding text,
    state text not null check (state in ('staging', 'merged', 'cancelled', 'withdrawn')),
    received_at text not null,
    recorded_at text not null,
    withdrawn_at text,
    rows_read bigint not null default 0,
    accepted bigint not null default 0,
    changed bigint not null default 0,
    unchanged bigint not null default 0,
    quarantined bigint not null default 0,
    untied bigint not null default 0,
    by_whom text not null,
    note text,
    file_sha256 text,
    report text not null default '{}',
    process text not null default '',
    check (rows_read = accepted + unchanged + quarantined),
    check (changed <= accepted),
    check ((state = 'withdrawn') = (withdrawn_at is not null))
);
create index batch_by_register on batch (register, state);
-- Only one import of a register at a time.
create unique index batch_staging on batch (register) where state = 'staging';

create table fact (
    id integer primary key autoincrement,
    batch_id bigint not null references batch (id),
    register text not null,
    fact_key text not null,
    sheet text not null,
    row_no bigint not null,
    cells text not null,
    note text
);
create index fact_by_key on fact (register, fact_key);
create index fact_by_batch on fact (batch_id);

-- Rows of a batch that only said what was known already, kept so that a file received earlier but imported later
-- cannot make the log forget that the later file said it again.
create table confirmation (
    id integer primary key autoincrement,
    batch_id bigint not null references batch (id),
    said text not null
);
create index confirmation_by_batch on confirmation (batch_id);

create table quarantine (
    id integer primary key autoincrement,
    batch_id bigint not null references batch (id),
    register text not null,
    sheet text not null,
    row_no bigint not null,
    cells text not null,
    fields text not null,
    reasons text not null,
    fact_key text,
    fingerprint text not null,
    state text not null check (state in ('open', 'corrected', 'released', 'discarded')),
    resolved_by text,
    resolved_at text,
    resolution_batch bigint references batch (id),
    note text,
    check ((state = 'open') = (resolved_at is null))
);
create index quarantine_by_batch on quarantine (batch_id);
create index quarantine_by_state on quarantine (state, register);
create index quarantine_by_fingerprint on quarantine (fingerprint);
create index quarantine_by_key on quarantine (register, fact_key);
create index quarantine_by_resolution on quarantine (resolution_batch);

-- Which batch rests on which earlier one, so that a rollback can refuse and say why.
create table reliance (
    batch_id bigint not null references batch (id),
    on_batch_id bigint not null references batch (id),
    row_count bigint not null,
    example_key text not null,
    primary key (batch_id, on_batch_id)
);
create index reliance_on on reliance (on_batch_id);

create table mapping (
    source text not null,
    register text not null,
    json text not null,
    saved_at text not null,
    saved_by text not null,
    primary key (register, source)
);

create table audit (
    id integer primary key autoincrement,
    at text not null,
    who text not null,
    action text not null,
    object text not null,
    detail text not null
);
create index audit_by_object on audit (object);

create table account (
    id integer primary key autoincrement,
    login text not null unique,
    name text not null,
    role text not null,
    unit text not null,
    password_hash text not null,
    disabled_at text,
    created_at text not null
);

create table session (
    token_hash text primary key not null,
    account_id bigint not null references account (id),
    created_at text not null,
    last_seen_at text not null,
    expires_at text not null
);
create index session_by_account on session (account_id);

create table run (
    id text primary key not null,
    policy text not null,
    policy_hash text not null,
    as_of text not null,
    known_at text not null,
    snapshot text not null,
    parameters text not null,
    scope text,
    engine text not null,
    manifest_sha256 text not null,
    created_at text not null,
    created_by text not null,
    kind text not null
);
create index run_by_date on run (as_of, known_at);

-- A month whose figures were closed: they rest on one run and are not recomputed.
create table closing (
    month text primary key not null,
    as_of text not null,
    run_id text references run (id),
    closed_at text not null,
    closed_by text not null,
    note text
);

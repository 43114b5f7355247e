-- The log of facts: what each received file said, row by row, and when that was learned.
create table batch (
    id bigint generated always as identity primary key,
    register text collate "C" not null,
    kind text collate "C" not null check (kind in ('import', 'correction', 'tie', 'judgement', 'entry')),
    file text collate "C" not null,
    sheet_names text collate "C" not null,
    encoding text collate "C",
    state text collate "C" not null check (state in ('staging', 'merged', 'cancelled', 'withdrawn')),
    received_at text collate "C" not null,
    recorded_at text collate "C" not null,
    withdrawn_at text collate "C",
    rows_read bigint not null default 0,
    accepted bigint not null default 0,
    changed bigint not null default 0,
    unchanged bigint not null default 0,
    quarantined bigint not null default 0,
    untied bigint not null default 0,
    by_whom text collate "C" not null,
    note text collate "C",
    file_sha256 text collate "C",
    report text collate "C" not null default '{}',
    process text collate "C" not null default '',
    check (rows_read = accepted + unchanged + quarantined),
    check (changed <= accepted),
    check ((state = 'withdrawn') = (withdrawn_at is not null))
);
create index batch_by_register on batch (register, state);
-- Only one import of a register at a time.
create unique index batch_staging on batch (register) where state = 'staging';

create table fact (
    id bigint generated always as identity primary key,
    batch_id bigint not null references batch (id),
    register text collate "C" not null,
    fact_key text collate "C" not null,
    sheet text collate "C" not null,
    row_no bigint not null,
    cells text collate "C" not null,
    note text collate "C"
);
create index fact_by_key on fact (register, fact_key);
create index fact_by_batch on fact (batch_id);

-- Rows of a batch that only said what was known already, kept so that a file received earlier but imported later
-- cannot make the log forget that the later file said it again.
create table confirmation (
    id bigint generated always as identity primary key,
    batch_id bigint not null references batch (id),
    said text collate "C" not null
);
create index confirmation_by_batch on confirmation (batch_id);

create table quarantine (
    id bigint generated always as identity primary key,
    batch_id bigint not null references batch (id),
    register text collate "C" not null,
    sheet text collate "C" not null,
    row_no bigint not null,
    cells text collate "C" not null,
    fields text collate "C" not null,
    reasons text collate "C" not null,
    fact_key text collate "C",
    fingerprint text collate "C" not null,
    state text collate "C" not null check (state in ('open', 'corrected', 'released', 'discarded')),
    resolved_by text collate "C",
    resolved_at text collate "C",
    resolution_batch bigint references batch (id),
    note text collate "C",
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
    example_key text collate "C" not null,
    primary key (batch_id, on_batch_id)
);
create index reliance_on on reliance (on_batch_id);

create table mapping (
    source text collate "C" not null,
    register text collate "C" not null,
    json text collate "C" not null,
    saved_at text collate "C" not null,
    saved_by text collate "C" not null,
    primary key (register, source)
);

create table audit (
    id bigint generated always as identity primary key,
    at text collate "C" not null,
    who text collate "C" not null,
    action text collate "C" not null,
    object text collate "C" not null,
    detail text collate "C" not null
);
create index audit_by_object on audit (object);

create table account (
    id bigint generated always as identity primary key,
    login text collate "C" not null unique,
    name text collate "C" not null,
    role text collate "C" not null,
    unit text collate "C" not null,
    password_hash text collate "C" not null,
    disabled_at text collate "C",
    created_at text collate "C" not null
);

create table session (
    token_hash text collate "C" primary key not null,
    account_id bigint not null references account (id),
    created_at text collate "C" not null,
    last_seen_at text collate "C" not null,
    expires_at text collate "C" not null
);
create index session_by_account on session (account_id);

create table run (
    id text collate "C" primary key not null,
    policy text collate "C" not null,
    policy_hash text collate "C" not null,
    as_of text collate "C" not null,
    known_at text collate "C" not null,
    snapshot text collate "C" not null,
    parameters text collate "C" not null,
    scope text collate "C",
    engine text collate "C" not null,
    manifest_sha256 text collate "C" not null,
    created_at text collate "C" not null,
    created_by text collate "C" not null,
    kind text collate "C" not null
);
create index run_by_date on run (as_of, known_at);

-- A month whose figures were closed: they rest on one run and are not recomputed.
create table closing (
    month text collate "C" primary key not null,
    as_of text collate "C" not null,
    run_id text collate "C" references run (id),
    closed_at text collate "C" not null,
    closed_by text collate "C" not null,
    note text collate "C"
);

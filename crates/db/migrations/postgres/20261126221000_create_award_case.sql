-- A batch of cases: one item over one run, for one year.
create table case_batch (
    id bigint generated always as identity primary key,
    item_id bigint not null references item (id),
    run_id text collate "C" not null,
    year bigint not null,
    made_by text collate "C" not null,
    made_at text collate "C" not null
);

-- One subject's case under an item; the key of its matter keeps two applications of one year apart.
create table award_case (
    id bigint generated always as identity primary key,
    item_id bigint not null references item (id),
    batch_id bigint references case_batch (id),
    award text collate "C" not null,
    subject text collate "C" not null,
    name text collate "C" not null,
    year bigint not null,
    matter text collate "C" not null,
    level bigint not null,
    facts text collate "C" not null,
    amount text collate "C" not null,
    amount_fen bigint check (amount_fen >= 0),
    state text collate "C" not null,
    account text collate "C",
    handler text collate "C",
    reviewer text collate "C",
    is_corrected bigint not null default 0 check (is_corrected in (0, 1)),
    due_on text collate "C",
    due_why text collate "C" not null,
    version bigint not null default 1,
    opened_on text collate "C" not null
);
-- The same matter is taken up once.
create unique index award_case_once on award_case (award, subject, year, matter) where state <> 'withdrawn';
create index award_case_subject on award_case (subject);

-- What happened to a case, step by step.
create table case_step (
    id bigint generated always as identity primary key,
    case_id bigint not null references award_case (id),
    act text collate "C" not null,
    before text collate "C" not null,
    after text collate "C" not null,
    note text collate "C" not null,
    by_whom text collate "C" not null,
    on_day text collate "C" not null,
    at text collate "C" not null
);
create index case_step_of on case_step (case_id, id);

-- The opinion of each department in a joint review (部门联审).
create table case_opinion (
    case_id bigint not null references award_case (id),
    department text collate "C" not null,
    agrees bigint check (agrees in (0, 1)),
    note text collate "C" not null,
    by_whom text collate "C" not null,
    at text collate "C" not null,
    primary key (case_id, department)
);

-- The rights that a case rests on, so that none is paid for twice.
create table case_right (
    case_id bigint not null references award_case (id),
    right_id text collate "C" not null,
    event text collate "C" not null,
    primary key (case_id, right_id, event)
);
create index case_right_of on case_right (event, right_id);

-- Files handed in with a case; their bytes lie in the data folder under their hash.
create table case_file (
    id bigint generated always as identity primary key,
    case_id bigint not null references award_case (id),
    kind text collate "C" not null,
    name text collate "C" not null,
    sha256 text collate "C" not null,
    size bigint not null,
    by_whom text collate "C" not null,
    at text collate "C" not null,
    removed_at text collate "C"
);
create index case_file_of on case_file (case_id);

-- Public notices (公示): open from one day to the end of another.
create table notice (
    id bigint generated always as identity primary key,
    award text collate "C" not null,
    opened_on text collate "C" not null,
    closes_on text collate "C" not null,
    why text collate "C" not null,
    by_whom text collate "C" not null,
    at text collate "C" not null
);
create table notice_case (
    notice_id bigint not null references notice (id),
    case_id bigint not null references award_case (id),
    amount_fen bigint,
    primary key (notice_id, case_id)
);
create index notice_case_of on notice_case (case_id);

-- Objections raised while a notice is open, and how each was decided.
create table objection (
    id bigint generated always as identity primary key,
    case_id bigint not null references award_case (id),
    notice_id bigint not null references notice (id),
    who text collate "C" not null,
    contact text collate "C" not null,
    content text collate "C" not null,
    raised_on text collate "C" not null,
    is_upheld bigint check (is_upheld in (0, 1)),
    answer text collate "C" not null,
    decided_by text collate "C",
    decided_on text collate "C"
);
create index objection_of on objection (case_id);

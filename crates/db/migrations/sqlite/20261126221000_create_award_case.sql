-- A batch of cases: one item over one run, for one year.
create table case_batch (
    id integer primary key autoincrement,
    item_id bigint not null references item (id),
    run_id text not null,
    year bigint not null,
    made_by text not null,
    made_at text not null
);

-- One subject's case under an item; the key of its matter keeps two applications of one year apart.
create table award_case (
    id integer primary key autoincrement,
    item_id bigint not null references item (id),
    batch_id bigint references case_batch (id),
    award text not null,
    subject text not null,
    name text not null,
    year bigint not null,
    matter text not null,
    level bigint not null,
    facts text not null,
    amount text not null,
    amount_fen bigint check (amount_fen >= 0),
    state text not null,
    account text,
    handler text,
    reviewer text,
    is_corrected bigint not null default 0 check (is_corrected in (0, 1)),
    due_on text,
    due_why text not null,
    version bigint not null default 1,
    opened_on text not null
);
-- The same matter is taken up once.
create unique index award_case_once on award_case (award, subject, year, matter) where state <> 'withdrawn';
create index award_case_subject on award_case (subject);

-- What happened to a case, step by step.
create table case_step (
    id integer primary key autoincrement,
    case_id bigint not null references award_case (id),
    act text not null,
    before text not null,
    after text not null,
    note text not null,
    by_whom text not null,
    on_day text not null,
    at text not null
);
create index case_step_of on case_step (case_id, id);

-- The opinion of each department in a joint review (部门联审).
create table case_opinion (
    case_id bigint not null references award_case (id),
    department text not null,
    agrees bigint check (agrees in (0, 1)),
    note text not null,
    by_whom text not null,
    at text not null,
    primary key (case_id, department)
);

-- The rights that a case rests on, so that none is paid for twice.
create table case_right (
    case_id bigint not null references award_case (id),
    right_id text not null,
    event text not null,
    primary key (case_id, right_id, event)
);
create index case_right_of on case_right (event, right_id);

-- Files handed in with a case; their bytes lie in the data folder under their hash.
create table case_file (
    id integer primary key autoincrement,
    case_id bigint not null references award_case (id),
    kind text not null,
    name text not null,
    sha256 text not null,
    size bigint not null,
    by_whom text not null,
    at text not null,
    removed_at text
);
create index case_file_of on case_file (case_id);

-- Public notices (公示): open from one day to the end of another.
create table notice (
    id integer primary key autoincrement,
    award text not null,
    opened_on text not null,
    closes_on text not null,
    why text not null,
    by_whom text not null,
    at text not null
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
    id integer primary key autoincrement,
    case_id bigint not null references award_case (id),
    notice_id bigint not null references notice (id),
    who text not null,
    contact text not null,
    content text not null,
    raised_on text not null,
    is_upheld bigint check (is_upheld in (0, 1)),
    answer text not null,
    decided_by text,
    decided_on text
);
create index objection_of on objection (case_id);

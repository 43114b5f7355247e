-- Letters as they were issued (文书), each a file under its hash; and how many of a kind were numbered in a year.
create table letter_tally (
    kind text not null,
    year bigint not null,
    used bigint not null check (used > 0),
    primary key (kind, year)
);
create table letter (
    id integer primary key autoincrement,
    kind text not null check (kind in ('notice', 'decision', 'refusal', 'certificate')),
    case_id bigint references award_case (id),
    notice_id bigint references notice (id),
    number text not null,
    title text not null,
    unit text not null,
    issued_on text not null,
    creator text not null,
    retention text not null,
    template text not null,
    sha256 text not null,
    size bigint not null check (size > 0),
    by_whom text not null,
    at text not null,
    is_late bigint not null check (is_late in (0, 1)),
    taken_back_on text,
    taken_back_why text not null default '',
    check ((case_id is null) <> (notice_id is null))
);
create index letter_of_case on letter (case_id);
create index letter_of_notice on letter (notice_id);
-- One that stands at a time.
create unique index letter_that_stands on letter (kind, case_id) where taken_back_on is null and case_id is not null;
create unique index letter_of_a_notice on letter (notice_id) where notice_id is not null;

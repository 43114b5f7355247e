-- Letters as they were issued (文书), each a file under its hash; and how many of a kind were numbered in a year.
create table letter_tally (
    kind text collate "C" not null,
    year bigint not null,
    used bigint not null check (used > 0),
    primary key (kind, year)
);
create table letter (
    id bigint generated always as identity primary key,
    kind text collate "C" not null check (kind in ('notice', 'decision', 'refusal', 'certificate')),
    case_id bigint references award_case (id),
    notice_id bigint references notice (id),
    number text collate "C" not null,
    title text collate "C" not null,
    unit text collate "C" not null,
    issued_on text collate "C" not null,
    creator text collate "C" not null,
    retention text collate "C" not null,
    template text collate "C" not null,
    sha256 text collate "C" not null,
    size bigint not null check (size > 0),
    by_whom text collate "C" not null,
    at text collate "C" not null,
    is_late bigint not null check (is_late in (0, 1)),
    taken_back_on text collate "C",
    taken_back_why text collate "C" not null default '',
    check ((case_id is null) <> (notice_id is null))
);
create index letter_of_case on letter (case_id);
create index letter_of_notice on letter (notice_id);
-- One that stands at a time.
create unique index letter_that_stands on letter (kind, case_id) where taken_back_on is null and case_id is not null;
create unique index letter_of_a_notice on letter (notice_id) where notice_id is not null;

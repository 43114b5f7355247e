-- What is claimed back is worked out: what stood when a fact was found, what it comes to by what is known now, and how.
alter table clawback add column stood_fen bigint;
alter table clawback add column due_fen bigint check (due_fen >= 0);
alter table clawback add column weighed text;

-- What of the claim has not come back yet; none where nothing is claimed.
alter table award_case add column reclaim_fen bigint check (reclaim_fen > 0);

-- What came back of a payment, each time with its day.
create table recovery (
    id integer primary key autoincrement,
    payment_id bigint not null references payment (id),
    amount_fen bigint not null check (amount_fen > 0),
    on_day text not null,
    by_whom text not null,
    at text not null
);
create index recovery_of_payment on recovery (payment_id);
insert into recovery (payment_id, amount_fen, on_day, by_whom, at)
    select p.id, p.recovered_fen, p.recovered_on, coalesce(s.by_whom, ''), coalesce(s.at, p.recovered_on) from payment p
    left join case_step s on s.id = (select max(t.id) from case_step t where t.case_id = p.case_id and t.act = 'recover')
    where p.recovered_fen > 0 and p.recovered_on is not null;

-- Checks are widened by each database in its own way: a fact that leaves the amount as it was (stands), and two more letters
-- (不予受理决定书, 追回决定书).
create table clawback_weighed (
    id integer primary key autoincrement,
    case_id bigint not null references award_case (id),
    fact text not null,
    found_on text not null,
    settled_on text,
    settled_by text not null default '',
    outcome text not null default '' check (outcome in ('', 'taken', 'dismissed', 'gone', 'stands')),
    note text not null default '',
    stood_fen bigint,
    due_fen bigint check (due_fen >= 0),
    weighed text,
    check ((settled_on is null) = (outcome = ''))
);
insert into clawback_weighed (id, case_id, fact, found_on, settled_on, settled_by, outcome, note, stood_fen, due_fen, weighed)
    select id, case_id, fact, found_on, settled_on, settled_by, outcome, note, stood_fen, due_fen, weighed from clawback;
drop table clawback;
alter table clawback_weighed rename to clawback;
create index clawback_of_case on clawback (case_id);
create unique index clawback_open on clawback (case_id, fact) where settled_on is null;

create table letter_of_more_kinds (
    id integer primary key autoincrement,
    kind text not null check (kind in ('notice', 'decision', 'refusal', 'not-accepted', 'certificate', 'reclaim')),
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
insert into letter_of_more_kinds (id, kind, case_id, notice_id, number, title, unit, issued_on, creator, retention, template, sha256, size, by_whom, at, is_late, taken_back_on, taken_back_why)
    select id, kind, case_id, notice_id, number, title, unit, issued_on, creator, retention, template, sha256, size, by_whom, at, is_late, taken_back_on, taken_back_why from letter;
drop table letter;
alter table letter_of_more_kinds rename to letter;
create index letter_of_case on letter (case_id);
create index letter_of_notice on letter (notice_id);
-- One that stands at a time.
create unique index letter_that_stands on letter (kind, case_id) where taken_back_on is null and case_id is not null;
create unique index letter_of_a_notice on letter (notice_id) where notice_id is not null;

-- What became known of granted cases after their decision (建议追回): found by the day or a run, settled by the leader.
create table clawback (
    id integer primary key autoincrement,
    case_id bigint not null references award_case (id),
    fact text not null,
    found_on text not null,
    settled_on text,
    settled_by text not null default '',
    outcome text not null default '' check (outcome in ('', 'taken', 'dismissed', 'gone')),
    note text not null default '',
    check ((settled_on is null) = (outcome = ''))
);
create index clawback_of_case on clawback (case_id);
create unique index clawback_open on clawback (case_id, fact) where settled_on is null;

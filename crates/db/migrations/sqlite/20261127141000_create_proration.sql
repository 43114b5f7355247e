-- A budget that does not suffice, paid in proportion (按比例兑付): proposed by one, agreed to by another.
create table proration (
    id integer primary key autoincrement,
    line_id bigint not null references budget_line (id),
    state text not null check (state in ('proposed', 'agreed', 'withdrawn')),
    available_fen bigint not null check (available_fen > 0),
    reason text not null,
    made_by text not null,
    made_at text not null,
    decided_by text,
    decided_at text,
    check ((state = 'proposed') = (decided_by is null)),
    check (state <> 'agreed' or decided_by <> made_by)
);
create unique index proration_open on proration (line_id) where state = 'proposed';
create table proration_case (
    proration_id bigint not null references proration (id),
    case_id bigint not null references award_case (id),
    version bigint not null,
    full_fen bigint not null check (full_fen > 0),
    share_fen bigint not null check (share_fen >= 0 and share_fen <= full_fen),
    primary key (proration_id, case_id)
);

-- Versions of what an award or an aid pays (政策事项); the latest issued one that is in force counts.
create table item (
    id integer primary key autoincrement,
    award text not null,
    version bigint not null,
    state text not null check (state in ('draft', 'issued', 'suspended')),
    terms text not null,
    is_trial bigint not null check (is_trial in (0, 1)),
    drafted_by text not null,
    drafted_at text not null,
    issued_by text,
    issued_at text,
    unique (award, version),
    check ((state = 'draft') = (issued_by is null)),
    check (issued_by is null or issued_by <> drafted_by)
);

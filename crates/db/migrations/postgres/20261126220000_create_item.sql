-- Versions of what an award or an aid pays (政策事项); the latest issued one that is in force counts.
create table item (
    id bigint generated always as identity primary key,
    award text collate "C" not null,
    version bigint not null,
    state text collate "C" not null check (state in ('draft', 'issued', 'suspended')),
    terms text collate "C" not null,
    is_trial bigint not null check (is_trial in (0, 1)),
    drafted_by text collate "C" not null,
    drafted_at text collate "C" not null,
    issued_by text collate "C",
    issued_at text collate "C",
    unique (award, version),
    check ((state = 'draft') = (issued_by is null)),
    check (issued_by is null or issued_by <> drafted_by)
);

-- Long work that a person began: while it has no outcome it is under way, or was cut short with its process.
create table job (
    id text collate "C" primary key not null,
    title text collate "C" not null,
    by_whom text collate "C" not null,
    process text collate "C" not null,
    started_at text collate "C" not null,
    outcome text collate "C"
);

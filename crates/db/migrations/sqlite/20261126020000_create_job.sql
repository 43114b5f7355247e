-- Long work that a person began: while it has no outcome it is under way, or was cut short with its process.
create table job (
    id text primary key not null,
    title text not null,
    by_whom text not null,
    process text not null,
    started_at text not null,
    outcome text
);

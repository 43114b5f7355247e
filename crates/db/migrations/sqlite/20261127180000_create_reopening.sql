-- Closings of months that were taken back (撤回月结), as they were, with who took them back and why.
create table reopening (
    id integer primary key autoincrement,
    month text not null,
    as_of text not null,
    run_id text references run (id),
    closed_at text not null,
    closed_by text not null,
    note text,
    reopened_at text not null,
    reopened_by text not null,
    reason text not null check (reason <> '')
);

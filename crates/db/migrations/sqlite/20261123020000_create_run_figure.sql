-- The figures of each run, so that trends and boards read one small table instead of every result file.
create table run_figure (
    run_id text not null references run (id),
    code text not null,
    region text not null,
    numerator bigint,
    denominator bigint,
    value text,
    met text check (met in ('true', 'false')),
    primary key (run_id, code, region)
);
create index run_figure_by_code on run_figure (code, region);

-- The figures of each run, so that trends and boards read one small table instead of every result file.
create table run_figure (
    run_id text collate "C" not null references run (id),
    code text collate "C" not null,
    region text collate "C" not null,
    numerator bigint,
    denominator bigint,
    value text collate "C",
    met text collate "C" check (met in ('true', 'false')),
    primary key (run_id, code, region)
);
create index run_figure_by_code on run_figure (code, region);

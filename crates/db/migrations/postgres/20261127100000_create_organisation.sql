-- Organisations (组织) that no register tells of; the city, its towns and the enterprises stand in theirs and never here.
create table organisation (
    id bigint generated always as identity primary key,
    kind text collate "C" not null check (kind in ('province', 'department', 'university', 'bank', 'agency')),
    name text collate "C" not null check (name <> ''),
    code text collate "C" check (code <> ''),
    parent_id bigint references organisation (id) check (parent_id <> id),
    disabled_at text collate "C",
    unique (kind, name)
);
create unique index organisation_code on organisation (code) where code is not null;
-- The departments that accounts speak for already.
insert into organisation (kind, name) select distinct 'department', unit from account where role = 'department' and unit <> '';

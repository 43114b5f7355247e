-- How often signing in failed of late, by login and by address, for every process and over restarts.
create table sign_in_tally (
    key text collate "C" primary key not null,
    since text collate "C" not null,
    failures bigint not null check (failures >= 0)
);
create index sign_in_tally_since on sign_in_tally (since);

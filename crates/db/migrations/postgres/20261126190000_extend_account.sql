-- A password that somebody else gave must be changed; old ones are not taken again; a session says from where it came.
alter table account add column must_change_since text collate "C";
alter table session add column address text collate "C" not null default '';

create table password_history (
    account_id bigint not null references account (id),
    changed_at text collate "C" not null,
    password_hash text collate "C" not null,
    primary key (account_id, changed_at)
);

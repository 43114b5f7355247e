-- A password that somebody else gave must be changed; old ones are not taken again; a session says from where it came.
alter table account add column must_change_since text;
alter table session add column address text not null default '';

create table password_history (
    account_id bigint not null references account (id),
    changed_at text not null,
    password_hash text not null,
    primary key (account_id, changed_at)
);

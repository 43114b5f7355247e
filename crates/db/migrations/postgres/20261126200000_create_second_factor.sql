-- The second factor of a sign-in: a shared secret, the step of the last code taken, and codes for a lost phone.
alter table account add column totp_secret text collate "C";
alter table account add column totp_pending text collate "C";
alter table account add column totp_step bigint not null default 0;
alter table session add column awaits_code_since text collate "C";
alter table session add column code_failures bigint not null default 0;

create table recovery_code (
    account_id bigint not null references account (id),
    code_hash text collate "C" not null,
    used_at text collate "C",
    primary key (account_id, code_hash)
);

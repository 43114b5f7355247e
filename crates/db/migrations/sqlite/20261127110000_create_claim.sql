-- Enterprises that ask for an account (企业认领), with their proof; the code by which they ask how it stands is kept as its hash.
create table claim (
    id integer primary key autoincrement,
    code_hash text not null,
    uscc text not null,
    enterprise text not null,
    person text not null,
    phone text not null,
    note text not null,
    made_at text not null,
    address text not null,
    state text not null check (state in ('waiting', 'accepted', 'refused')),
    decided_by text,
    decided_at text,
    reason text not null default '',
    check (state = 'waiting' or (decided_by is not null and decided_at is not null)),
    check (state <> 'refused' or reason <> '')
);
create index claim_of on claim (uscc);
create index claim_from on claim (address, made_at);

create table claim_file (
    id integer primary key autoincrement,
    claim_id bigint not null references claim (id),
    kind text not null,
    name text not null,
    sha256 text not null,
    size bigint not null
);
create index claim_file_of on claim_file (claim_id);

-- Invitations to an account (邀请): the word in the link is kept as its hash; taken once, or revoked, or over.
create table invitation (
    id integer primary key autoincrement,
    token_hash text not null unique,
    name text not null,
    role text not null,
    unit text not null,
    claim_id bigint unique references claim (id),
    made_by text not null,
    made_at text not null,
    expires_at text not null,
    taken_at text,
    login text,
    revoked_at text,
    check ((taken_at is null) = (login is null)),
    check (taken_at is null or revoked_at is null)
);

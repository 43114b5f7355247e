-- Enterprises that ask for an account (企业认领), with their proof; the code by which they ask how it stands is kept as its hash.
create table claim (
    id bigint generated always as identity primary key,
    code_hash text collate "C" not null,
    uscc text collate "C" not null,
    enterprise text collate "C" not null,
    person text collate "C" not null,
    phone text collate "C" not null,
    note text collate "C" not null,
    made_at text collate "C" not null,
    address text collate "C" not null,
    state text collate "C" not null check (state in ('waiting', 'accepted', 'refused')),
    decided_by text collate "C",
    decided_at text collate "C",
    reason text collate "C" not null default '',
    check (state = 'waiting' or (decided_by is not null and decided_at is not null)),
    check (state <> 'refused' or reason <> '')
);
create index claim_of on claim (uscc);
create index claim_from on claim (address, made_at);

create table claim_file (
    id bigint generated always as identity primary key,
    claim_id bigint not null references claim (id),
    kind text collate "C" not null,
    name text collate "C" not null,
    sha256 text collate "C" not null,
    size bigint not null
);
create index claim_file_of on claim_file (claim_id);

-- Invitations to an account (邀请): the word in the link is kept as its hash; taken once, or revoked, or over.
create table invitation (
    id bigint generated always as identity primary key,
    token_hash text collate "C" not null unique,
    name text collate "C" not null,
    role text collate "C" not null,
    unit text collate "C" not null,
    claim_id bigint unique references claim (id),
    made_by text collate "C" not null,
    made_at text collate "C" not null,
    expires_at text collate "C" not null,
    taken_at text collate "C",
    login text collate "C",
    revoked_at text collate "C",
    check ((taken_at is null) = (login is null)),
    check (taken_at is null or revoked_at is null)
);

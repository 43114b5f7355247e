-- Sign-on by another house (政府统一身份认证): which of its subjects an account belongs to, tied by an administrator.
create table account_link (
    account_id bigint primary key not null references account (id),
    issuer text collate "C" not null,
    subject text collate "C" not null,
    linked_by text collate "C" not null,
    linked_at text collate "C" not null,
    unique (issuer, subject)
);

-- A sign-on under way: taken out when it comes back, so that nothing comes back twice.
create table sign_on (
    state_hash text collate "C" primary key not null,
    visitor_hash text collate "C" not null,
    nonce text collate "C" not null,
    verifier text collate "C" not null,
    next text collate "C" not null,
    begun_at text collate "C" not null
);

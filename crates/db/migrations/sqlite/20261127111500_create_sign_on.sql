-- Sign-on by another house (政府统一身份认证): which of its subjects an account belongs to, tied by an administrator.
create table account_link (
    account_id bigint primary key not null references account (id),
    issuer text not null,
    subject text not null,
    linked_by text not null,
    linked_at text not null,
    unique (issuer, subject)
);

-- A sign-on under way: taken out when it comes back, so that nothing comes back twice.
create table sign_on (
    state_hash text primary key not null,
    visitor_hash text not null,
    nonce text not null,
    verifier text not null,
    next text not null,
    begun_at text not null
);

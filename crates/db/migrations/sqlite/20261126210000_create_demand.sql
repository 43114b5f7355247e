-- What a firm looks for (技术需求, C3.4.1.2); one without words rests on the firm's own patents.
create table demand (
    id integer primary key autoincrement,
    uscc text not null,
    firm text not null,
    kind text not null check (kind in ('need', 'research', 'market', 'growth')),
    title text not null,
    words text not null,
    chain_node text not null,
    ipc text not null,
    budget_fen bigint check (budget_fen >= 0),
    valid_until text not null,
    by_whom text not null,
    posted_at text not null,
    edited_at text not null,
    withdrawn_at text
);

-- A patent about which the firm and its owner talk; the contract stands here once it is signed, all of it or nothing.
create table deal (
    id integer primary key autoincrement,
    demand_id bigint not null references demand (id),
    document_key text not null,
    application_number text not null,
    title text not null,
    source text not null,
    source_place text not null,
    contract_kind text check (contract_kind in ('转让', '许可', '产学研')),
    contract_number text,
    signed_on text,
    amount_fen bigint check (amount_fen >= 0),
    unique (demand_id, document_key),
    check ((contract_kind is null) = (contract_number is null) and (contract_kind is null) = (signed_on is null)),
    check (contract_kind is not null or amount_fen is null)
);

-- What was done, one step after another; the latest says where the deal stands.
create table deal_step (
    id integer primary key autoincrement,
    deal_id bigint not null references deal (id),
    stage text not null check (stage in ('contact', 'negotiation', 'signed', 'ended')),
    taken_on text not null,
    counterpart text not null,
    note text not null,
    by_whom text not null,
    at text not null
);
create index deal_step_of on deal_step (deal_id, id);

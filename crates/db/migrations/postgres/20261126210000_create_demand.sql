-- What a firm looks for (技术需求, C3.4.1.2); one without words rests on the firm's own patents.
create table demand (
    id bigint generated always as identity primary key,
    uscc text collate "C" not null,
    firm text collate "C" not null,
    kind text collate "C" not null check (kind in ('need', 'research', 'market', 'growth')),
    title text collate "C" not null,
    words text collate "C" not null,
    chain_node text collate "C" not null,
    ipc text collate "C" not null,
    budget_fen bigint check (budget_fen >= 0),
    valid_until text collate "C" not null,
    by_whom text collate "C" not null,
    posted_at text collate "C" not null,
    edited_at text collate "C" not null,
    withdrawn_at text collate "C"
);

-- A patent about which the firm and its owner talk; the contract stands here once it is signed, all of it or nothing.
create table deal (
    id bigint generated always as identity primary key,
    demand_id bigint not null references demand (id),
    document_key text collate "C" not null,
    application_number text collate "C" not null,
    title text collate "C" not null,
    source text collate "C" not null,
    source_place text collate "C" not null,
    contract_kind text collate "C" check (contract_kind in ('转让', '许可', '产学研')),
    contract_number text collate "C",
    signed_on text collate "C",
    amount_fen bigint check (amount_fen >= 0),
    unique (demand_id, document_key),
    check ((contract_kind is null) = (contract_number is null) and (contract_kind is null) = (signed_on is null)),
    check (contract_kind is not null or amount_fen is null)
);

-- What was done, one step after another; the latest says where the deal stands.
create table deal_step (
    id bigint generated always as identity primary key,
    deal_id bigint not null references deal (id),
    stage text collate "C" not null check (stage in ('contact', 'negotiation', 'signed', 'ended')),
    taken_on text collate "C" not null,
    counterpart text collate "C" not null,
    note text collate "C" not null,
    by_whom text collate "C" not null,
    at text collate "C" not null
);
create index deal_step_of on deal_step (deal_id, id);

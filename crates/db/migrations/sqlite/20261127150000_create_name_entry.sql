-- The ledger of merged names (名称归并账): entries that are only added; the version of the ledger is the number of its entries.
create table name_entry (
    version bigint primary key check (version > 0),
    entry text not null
);

-- Triggers, in this database's own words.
create trigger name_entry_is_not_changed before update on name_entry
begin
    select raise(abort, '名称归并账只能追加，不能改动');
end;
create trigger name_entry_is_not_deleted before delete on name_entry
begin
    select raise(abort, '名称归并账只能追加，不能删除');
end;

-- The legal states that a watch over own patents has seen, so that a change is told although the document did not come again.
create table watch_state (
    watch_id bigint not null references watch (id),
    document_key text not null,
    state text not null,
    primary key (watch_id, document_key)
);

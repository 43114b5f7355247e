-- The ledger of merged names (名称归并账): entries that are only added; the version of the ledger is the number of its entries.
create table name_entry (
    version bigint primary key check (version > 0),
    entry text collate "C" not null
);

-- Triggers, in this database's own words.
create function name_entry_is_kept() returns trigger language plpgsql as $$
begin
    raise exception '名称归并账只能追加，不能改动或删除';
end
$$;
create trigger name_entry_is_not_changed before update or delete on name_entry
    for each row execute function name_entry_is_kept();
create trigger name_entry_is_not_emptied before truncate on name_entry
    for each statement execute function name_entry_is_kept();

-- The legal states that a watch over own patents has seen, so that a change is told although the document did not come again.
create table watch_state (
    watch_id bigint not null references watch (id),
    document_key text collate "C" not null,
    state text collate "C" not null,
    primary key (watch_id, document_key)
);

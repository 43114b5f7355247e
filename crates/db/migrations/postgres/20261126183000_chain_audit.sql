-- Every audit row carries the seal of the row before it and its own; rows are added and never changed or taken away.
alter table audit add column origin text collate "C" not null default '';
alter table audit add column previous text collate "C" not null default '';
alter table audit add column seal text collate "C" not null default '';

create table audit_head (
    one integer primary key check (one = 1),
    digest text collate "C" not null,
    seal text collate "C" not null
);
insert into audit_head (one, digest, seal) values (1, 'sha256', '');

-- Triggers, in this database's own words.
create function audit_is_kept() returns trigger language plpgsql as $$
begin
    -- The one change allowed is the first seal of a row from before there were seals.
    if tg_op = 'UPDATE' then
        if old.seal = '' and (new.id, new.at, new.who, new.action, new.object, new.detail, new.origin)
            = (old.id, old.at, old.who, old.action, old.object, old.detail, old.origin) then
            return new;
        end if;
    end if;
    raise exception '审计记录只能追加，不能改动或删除';
end
$$;
create trigger audit_is_not_changed before update or delete on audit for each row execute function audit_is_kept();
create trigger audit_is_not_emptied before truncate on audit for each statement execute function audit_is_kept();

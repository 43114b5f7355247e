-- Every audit row carries the seal of the row before it and its own; rows are added and never changed or taken away.
alter table audit add column origin text not null default '';
alter table audit add column previous text not null default '';
alter table audit add column seal text not null default '';

create table audit_head (
    one integer primary key check (one = 1),
    digest text not null,
    seal text not null
);
insert into audit_head (one, digest, seal) values (1, 'sha256', '');

-- Triggers, in this database's own words.
-- The one change allowed is the first seal of a row from before there were seals.
create trigger audit_is_not_changed before update on audit
when old.seal <> '' or new.id <> old.id or new.at <> old.at or new.who <> old.who or new.action <> old.action
    or new.object <> old.object or new.detail <> old.detail or new.origin <> old.origin
begin
    select raise(abort, '审计记录只能追加，不能改动');
end;
create trigger audit_is_not_deleted before delete on audit
begin
    select raise(abort, '审计记录只能追加，不能删除');
end;

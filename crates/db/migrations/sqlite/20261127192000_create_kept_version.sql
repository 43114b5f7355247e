-- What is edited by people and kept version by version, each whole and only ever added: industry chains (产业链) and the project
-- records (项目记录) of navigation reports.
create table kept_version (
    kind text not null check (kind in ('chain', 'project')),
    object text not null,
    version bigint not null check (version > 0),
    content text not null,
    changes text not null,
    reason text not null,
    by_login text not null,
    made_at text not null,
    primary key (kind, object, version)
);

-- Triggers, in this database's own words.
create trigger kept_version_is_not_changed before update on kept_version
begin
    select raise(abort, '各版内容只能追加，不能改动');
end;
create trigger kept_version_is_not_deleted before delete on kept_version
begin
    select raise(abort, '各版内容只能追加，不能删除');
end;

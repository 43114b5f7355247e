-- What is edited by people and kept version by version, each whole and only ever added: industry chains (产业链) and the project
-- records (项目记录) of navigation reports.
create table kept_version (
    kind text collate "C" not null check (kind in ('chain', 'project')),
    object text collate "C" not null,
    version bigint not null check (version > 0),
    content text collate "C" not null,
    changes text collate "C" not null,
    reason text collate "C" not null,
    by_login text collate "C" not null,
    made_at text collate "C" not null,
    primary key (kind, object, version)
);

-- Triggers, in this database's own words.
create function kept_version_is_kept() returns trigger language plpgsql as $$
begin
    raise exception '各版内容只能追加，不能改动或删除';
end
$$;
create trigger kept_version_is_not_changed before update or delete on kept_version
    for each row execute function kept_version_is_kept();
create trigger kept_version_is_not_emptied before truncate on kept_version
    for each statement execute function kept_version_is_kept();

-- Leave (请假委托): whose work another does from one day to another.
create table delegation (
    id bigint generated always as identity primary key,
    from_id bigint not null references account (id),
    to_id bigint not null references account (id),
    from_on text collate "C" not null,
    until_on text collate "C" not null,
    reason text collate "C" not null,
    made_at text collate "C" not null,
    ended_at text collate "C",
    check (from_id <> to_id),
    check (from_on <= until_on)
);
create index delegation_from on delegation (from_id) where ended_at is null;
create index delegation_to on delegation (to_id) where ended_at is null;

-- For whom a step was done, a case was handled and looked at again, where another did it for him.
alter table case_step add column for_whom text collate "C" not null default '';
alter table award_case add column handler_for text collate "C";
alter table award_case add column reviewer_for text collate "C";

-- Why a mail that waited is not sent any more.
alter table mail add column dropped_why text collate "C";

-- Leave (请假委托): whose work another does from one day to another.
create table delegation (
    id integer primary key autoincrement,
    from_id bigint not null references account (id),
    to_id bigint not null references account (id),
    from_on text not null,
    until_on text not null,
    reason text not null,
    made_at text not null,
    ended_at text,
    check (from_id <> to_id),
    check (from_on <= until_on)
);
create index delegation_from on delegation (from_id) where ended_at is null;
create index delegation_to on delegation (to_id) where ended_at is null;

-- For whom a step was done, a case was handled and looked at again, where another did it for him.
alter table case_step add column for_whom text not null default '';
alter table award_case add column handler_for text;
alter table award_case add column reviewer_for text;

-- Why a mail that waited is not sent any more.
alter table mail add column dropped_why text;

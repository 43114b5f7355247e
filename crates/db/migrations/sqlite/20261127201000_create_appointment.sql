-- An enterprise appoints an agency (代理委托) for some awards, or for all its applications, from one day to another.
create table appointment (
    id integer primary key autoincrement,
    enterprise text not null check (enterprise <> ''),
    firm text not null,
    agency_id bigint not null references organisation (id),
    awards text not null,
    from_on text not null,
    until_on text not null,
    note text not null,
    asked_by text not null,
    asked_on text not null,
    asked_at text not null,
    answer text check (answer in ('accepted', 'declined')),
    answered_by text,
    answered_on text,
    answer_note text not null default '',
    ended_by text,
    ended_on text,
    ended_why text not null default '',
    check (from_on <= until_on),
    check ((answer is null) = (answered_by is null) and (answer is null) = (answered_on is null)),
    check ((ended_by is null) = (ended_on is null)),
    check (answer is null or answer = 'accepted' or ended_on is null)
);
create index appointment_of_enterprise on appointment (enterprise);
create index appointment_of_agency on appointment (agency_id);

-- What an agency prepared in a case of the enterprise that appointed it, one row after another, and that it was sent back.
create table case_preparation (
    id integer primary key autoincrement,
    case_id bigint not null references award_case (id),
    appointment_id bigint not null references appointment (id),
    act text not null check (act in ('write', 'attach', 'detach', 'ready', 'return')),
    stage text not null,
    file_id bigint references case_file (id),
    detail text not null,
    note text not null,
    by_whom text not null,
    on_day text not null,
    at text not null,
    check ((file_id is null) = (act not in ('attach', 'detach')))
);
create index case_preparation_of_case on case_preparation (case_id, id);

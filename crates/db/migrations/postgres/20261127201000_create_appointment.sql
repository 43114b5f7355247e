-- An enterprise appoints an agency (代理委托) for some awards, or for all its applications, from one day to another.
create table appointment (
    id bigint generated always as identity primary key,
    enterprise text collate "C" not null check (enterprise <> ''),
    firm text collate "C" not null,
    agency_id bigint not null references organisation (id),
    awards text collate "C" not null,
    from_on text collate "C" not null,
    until_on text collate "C" not null,
    note text collate "C" not null,
    asked_by text collate "C" not null,
    asked_on text collate "C" not null,
    asked_at text collate "C" not null,
    answer text collate "C" check (answer in ('accepted', 'declined')),
    answered_by text collate "C",
    answered_on text collate "C",
    answer_note text collate "C" not null default '',
    ended_by text collate "C",
    ended_on text collate "C",
    ended_why text collate "C" not null default '',
    check (from_on <= until_on),
    check ((answer is null) = (answered_by is null) and (answer is null) = (answered_on is null)),
    check ((ended_by is null) = (ended_on is null)),
    check (answer is null or answer = 'accepted' or ended_on is null)
);
create index appointment_of_enterprise on appointment (enterprise);
create index appointment_of_agency on appointment (agency_id);

-- What an agency prepared in a case of the enterprise that appointed it, one row after another, and that it was sent back.
create table case_preparation (
    id bigint generated always as identity primary key,
    case_id bigint not null references award_case (id),
    appointment_id bigint not null references appointment (id),
    act text collate "C" not null check (act in ('write', 'attach', 'detach', 'ready', 'return')),
    stage text collate "C" not null,
    file_id bigint references case_file (id),
    detail text collate "C" not null,
    note text collate "C" not null,
    by_whom text collate "C" not null,
    on_day text collate "C" not null,
    at text collate "C" not null,
    check ((file_id is null) = (act not in ('attach', 'detach')))
);
create index case_preparation_of_case on case_preparation (case_id, id);

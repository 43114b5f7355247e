-- What universities and institutes offer of their patents (专利供给, C3.4.3.2): each change is a version, the latest holds.
create table offer (
    id bigint generated always as identity primary key,
    university_id bigint not null references organisation (id),
    application_number text collate "C" not null,
    document_key text collate "C" not null,
    title text collate "C" not null,
    unique (university_id, application_number)
);
create index offer_of_right on offer (application_number);
create table offer_version (
    offer_id bigint not null references offer (id),
    version bigint not null check (version > 0),
    state text collate "C" not null check (state in ('draft', 'published', 'withdrawn')),
    forms text collate "C" not null check (forms <> ''),
    field text collate "C" not null,
    price_fen bigint check (price_fen >= 0),
    contact text collate "C" not null,
    until_on text collate "C" not null,
    note text collate "C" not null,
    by_whom text collate "C" not null,
    at text collate "C" not null,
    primary key (offer_id, version)
);

-- Whether a demand is published to universities and institutes, and what they answer.
alter table demand add column is_published bigint not null default 0 check (is_published in (0, 1));
create table demand_answer (
    id bigint generated always as identity primary key,
    demand_id bigint not null references demand (id),
    university_id bigint not null references organisation (id),
    document_key text collate "C" not null,
    title text collate "C" not null,
    words text collate "C" not null check (words <> ''),
    contact text collate "C" not null check (contact <> ''),
    by_whom text collate "C" not null,
    answered_on text collate "C" not null,
    at text collate "C" not null,
    withdrawn_at text collate "C"
);
-- One that stands for a patent, and one that names none.
create unique index demand_answer_that_stands on demand_answer (demand_id, university_id, document_key) where withdrawn_at is null;

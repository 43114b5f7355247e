-- Which patent of the register an answer proposes, where the corpus has no document of it: each is one of its own.
alter table demand_answer add column application_number text collate "C" not null default '';
drop index demand_answer_that_stands;
create unique index demand_answer_that_stands on demand_answer (demand_id, university_id, document_key, application_number)
    where withdrawn_at is null;

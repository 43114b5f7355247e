-- What is claimed back is worked out: what stood when a fact was found, what it comes to by what is known now, and how.
alter table clawback add column stood_fen bigint;
alter table clawback add column due_fen bigint check (due_fen >= 0);
alter table clawback add column weighed text collate "C";

-- What of the claim has not come back yet; none where nothing is claimed.
alter table award_case add column reclaim_fen bigint check (reclaim_fen > 0);

-- What came back of a payment, each time with its day.
create table recovery (
    id bigint generated always as identity primary key,
    payment_id bigint not null references payment (id),
    amount_fen bigint not null check (amount_fen > 0),
    on_day text collate "C" not null,
    by_whom text collate "C" not null,
    at text collate "C" not null
);
create index recovery_of_payment on recovery (payment_id);
insert into recovery (payment_id, amount_fen, on_day, by_whom, at)
    select p.id, p.recovered_fen, p.recovered_on, coalesce(s.by_whom, ''), coalesce(s.at, p.recovered_on) from payment p
    left join case_step s on s.id = (select max(t.id) from case_step t where t.case_id = p.case_id and t.act = 'recover')
    where p.recovered_fen > 0 and p.recovered_on is not null;

-- Checks are widened by each database in its own way: a fact that leaves the amount as it was (stands), and two more letters
-- (不予受理决定书, 追回决定书).
alter table clawback drop constraint clawback_outcome_check;
alter table clawback add constraint clawback_outcome_check check (outcome in ('', 'taken', 'dismissed', 'gone', 'stands'));
alter table letter drop constraint letter_kind_check;
alter table letter add constraint letter_kind_check check (kind in ('notice', 'decision', 'refusal', 'not-accepted', 'certificate', 'reclaim'));

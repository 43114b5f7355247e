-- The day on which recovered money came back, and the amount that the bank itself wrote of a payment; none where it wrote none.
alter table payment add column recovered_on text collate "C";
alter table payment add column answered_fen bigint;
update payment set recovered_on = (select max(s.on_day) from case_step s where s.case_id = payment.case_id and s.act = 'recover')
    where recovered_fen > 0;
-- What was paid out of a line before this program was in use, as its books tell; none where nobody said.
alter table budget_line add column earlier_fen bigint;

-- A payment that the bank had called arrived and sent back later (退汇): the day on which it came back, and who entered that.
alter table payment add column returned_on text collate "C";
alter table payment add column returned_by text collate "C";

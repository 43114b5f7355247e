-- A mail address counts once a code that was mailed to it came back; how often codes were asked for is counted by the day.
alter table message_setting add column proved_at text collate "C";
alter table message_setting add column code_hash text collate "C";
alter table message_setting add column code_made_at text collate "C";
alter table message_setting add column code_failures bigint not null default 0;
alter table message_setting add column codes_today bigint not null default 0;

-- Lists of patent numbers that are too long for an address (号码单), each once under the hash of what it says.
create table number_list (
    hash text collate "C" primary key,
    numbers text collate "C" not null,
    made_at text collate "C" not null
);

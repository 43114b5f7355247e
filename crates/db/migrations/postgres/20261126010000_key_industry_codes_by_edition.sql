-- The same code means different industries in different editions of GB/T 4754, so that the edition belongs to the key.
update fact set fact_key = fact_key || chr(31) || coalesce(cells::json ->> 'edition', '')
where register = 'industry-codes';
update quarantine set fact_key = fact_key || chr(31) || coalesce(fields::json ->> 'edition', '')
where register = 'industry-codes' and fact_key is not null;

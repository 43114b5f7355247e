-- The rules of the test document.

-- clause: C1.1
-- 在有效期内的专利。
create view live as
select p.id, p.owner, p.town, p.high
from patent p
where p.granted_on <= $as_of
  and ($since is null or p.granted_on >= $since)
  and ($strict or p.granted_on < $year_start)
  and $mode = 'all';

-- clause: C1.1
create view total as
select count(*) as n from live;

-- clause: C1.1, C1.2
create view indicator_value as
select 'T01' as code, t.n as numerator, s.value as denominator, 'exact' as bound,
  cast(null as bigint) as upper, cast(null as varchar) as reason
from total t left join statistic s on s.year = $year - 1
union all
select 'T02', t.n, cast(null as bigint), case when d.complete then 'exact' else 'lower' end,
  cast(null as bigint), case when d.complete then null else '登记簿未报齐' end
from total t cross join delivered d
union all
select 'T03', count(*), cast(null as bigint), 'exact', cast(null as bigint), cast(null as varchar)
from enterprise;

-- clause: C1.1
create view indicator_region as
select 'T01' as code, town as region, count(*) as numerator from live group by town;

-- clause: C1.1
create view indicator_evidence as
select 'T01' as code, id as right_id, town as region, owner as uscc from live;

-- clause: C1.3
create view held as
select owner, count(*) as n, count(case when high then 1 end) as high from live group by owner;

-- clause: C1.3
create view condition as
select 'star' as award, owner as subject, l.level, 'total' as id,
  '专利超过 ' || cast(l.above as varchar) || ' 件' as text,
  n as actual, '>' as operator, l.above as required, '件' as unit, 'C1.3' as clause
from held cross join (values (2, 20), (3, 30)) as l (level, above)
union all
select 'star', owner, l.level, 'valuable', '高价值专利 5 件以上', case when d.complete then high end,
  '>=', 5, '件', 'C1.3'
from held cross join (values (2), (3)) as l (level) cross join delivered d
union all
select 'grant', owner, 1, 'total', '授权 1 件以上', n, '>=', 1, '件', 'C1.3' from held
union all
select 'asleep', owner, 1, 'total', '授权 1 件以上', n, '>=', 1, '件', 'C1.3' from held;

-- clause: C1.3
create view award_fact as
select 'star' as award, owner as subject, 'total' as name, n as value from held;

-- clause: C1.3
create view evidence as
select 'star' as award, owner as subject, 'total' as condition, id as right_id from live;

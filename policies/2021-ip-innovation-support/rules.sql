-- 《关于提升知识产权创新支撑力的实施意见》: the rules, one small view per fact and per rule.
--
-- A view begins with `-- clause:` (the clauses it serves), then Chinese sentences that
-- say what it decides; English notes begin with `-- note:`. Views are evaluated in the order of the
-- file, each once. `$name` is a parameter of parameters.toml; `$as_of`, `$year`, `$year_start` belong
-- to the run. Only whole numbers, dates, texts and flags: no floats, no functions of our own.
--
-- The engine reads these views: indicator_value, indicator_region, indicator_evidence, condition,
-- award_fact, evidence, award_unknown, high_value, high_value_undetermined, high_value_total,
-- high_value_category, high_value_difference.
--
-- An upper bound of 9223372036854775807 says that no upper bound is known.

------------------------------------------------------------------------------------------------
-- 1. What has been delivered: unknown is not zero
------------------------------------------------------------------------------------------------

-- clause: C2.0
-- 登记簿的中文名称，用于说明理由。
create view register_name as
select register, replace(name || '登记簿', '登记登记', '登记') as name from (values
  ('regions', '区镇'), ('enterprises', '企业'), ('statuses', '企业资质'),
  ('patents', '专利'), ('patent-events', '专利法律事件'), ('foreign-grants', '境外授权'),
  ('prizes', '专利奖项'), ('pledges', '质押登记'), ('trademarks', '商标'), ('madrid', '马德里国际注册'),
  ('statistics', '统计数据'), ('strategic-industries', '战略性新兴产业分类对照'),
  ('official-high-value', '高价值发明专利官方清单'), ('trainees', '培训学员'), ('survey-waves', '调查')
) as t (register, name);

-- clause: C2.0
-- 登记簿没有报送的说法：从未来过文件，或来过而没有一行可以采用。
create view register_absence as
select n.register,
  n.name || case when coalesce(s.refused, false) then '来过文件而没有一行可用' else '从未报送' end as words
from register_name n
left join register_state s on s.register = n.register;

-- clause: C2.0
-- 截至统计时点的报送情况（存量、累计）：来过文件或报过“已报齐”“本期无”的为已报送；有一期“未报”的为不全。
create view delivery_until as
select
  s.register,
  s.delivered or coalesce(max(case when d.state <> '未报' then 1 end), 0) = 1 as delivered,
  coalesce(max(case when d.state = '未报' then 1 end), 0) = 1 as incomplete
from register_state s
left join delivery d on d.register = s.register and d.from_on <= $as_of
group by s.register, s.delivered;

-- clause: C2.0
-- 当年的报送情况（流量）：只看与当年、截至统计时点的期间相交的报送。
create view delivery_of_year as
select
  s.register,
  s.delivered or coalesce(max(case when d.state <> '未报' then 1 end), 0) = 1 as delivered,
  coalesce(max(case when d.state = '未报' then 1 end), 0) = 1 as incomplete
from register_state s
left join delivery d on d.register = s.register and d.from_on <= $as_of and d.to_on >= $year_start
group by s.register, s.delivered;

-- clause: C2.0
-- 两种期间合并：span 为 until（截至时点）或 year（当年）。
create view delivered_register as
select 'until' as span, register, delivered, incomplete from delivery_until
union all
select 'year' as span, register, delivered, incomplete from delivery_of_year;

------------------------------------------------------------------------------------------------
-- 2. Enterprises and places on the day
------------------------------------------------------------------------------------------------

-- clause: C2.0
-- 企业在统计时点所在的区镇；区镇登记簿中没有的为未定区镇。
create view enterprise_town as
select e.uscc, coalesce(max(p.town), '未定区镇') as town
from enterprise e
left join enterprise_place p
  on p.uscc = e.uscc
  and (p.from_on is null or p.from_on <= $as_of)
  and (p.until_on is null or p.until_on > $as_of)
group by e.uscc;

-- clause: C2.2.5, C2.2.6, C2.2.7
-- 统计时点存续的企业：已成立，未注销、未吊销。注销、吊销的企业不计入任何指标，不得任何奖项。
create view enterprise_alive as
select e.uscc, e.name, t.town
from enterprise e
join enterprise_town t on t.uscc = e.uscc
where (e.founded_on is null or e.founded_on <= $as_of)
  and (e.gone_on is null or e.gone_on > $as_of);

-- clause: C2.2.5, C2.2.7
-- 存续企业在统计时点有效的资质：自生效日期起，失效日期当日仍有效，撤销之日起无效。
create view status_valid as
select distinct s.uscc, s.kind, e.town
from status s
join enterprise_alive e on e.uscc = s.uscc
where s.from_on <= $as_of and (s.until_on is null or s.until_on > $as_of);

-- clause: C2.2.5, C3.3.1.3
-- 国家知识产权示范优势企业：优势、示范有其一即计，一家只计一次。
create view advantage_enterprise as
select distinct uscc, town from status_valid
where kind in ('国家知识产权优势企业', '国家知识产权示范企业');

-- clause: C2.2.7, C3.3.5.3
-- 有效高新技术企业，以及其中已作省贯标备案的；绩效评价、第三方认证不是备案。
create view high_tech_enterprise as
select h.uscc, h.town, f.uscc is not null as filed
from status_valid h
left join status_valid f on f.uscc = h.uscc and f.kind = '省贯标备案'
where h.kind = '高新技术企业';

------------------------------------------------------------------------------------------------
-- 3. Inventions in force on the day, and whose they are
------------------------------------------------------------------------------------------------

-- clause: C2.1.2, C3.3.2.2
-- 有效发明专利：类型为发明，统计时点在授权公告之后、终止放弃期满之前；全部无效的自始不计。
-- note: the freeze gives each patent at most one stretch of force and one owner on any day.
create view invention_in_force as
select p.application_number, p.filed_on, p.granted_on, p.applicant_names
from patent p
join patent_force f on f.application_number = p.application_number
where p.kind = '发明'
  and f.from_on <= $as_of and (f.until_on is null or f.until_on > $as_of);

-- clause: C2.1.2
-- 统计时点的第一专利权人和所在区镇：地址在本市的按地址，地址空白的按其关联企业，地址在外的不在本市。
-- note: the freeze has placed each stretch of ownership already.
create view owner_on_day as
select application_number, owner, owner_uscc, in_city, coalesce(town, '未定区镇') as town
from patent_owner
where (from_on is null or from_on <= $as_of) and (until_on is null or until_on > $as_of);

-- clause: C2.1.2, C2.1.7
-- 本市有效发明专利：不论专利权人是企业、院所还是个人。
create view invention_in_city as
select i.application_number, i.filed_on, i.granted_on, o.owner_uscc, o.town
from invention_in_force i
join owner_on_day o on o.application_number = i.application_number
where o.in_city;

-- clause: C3.3.2.2
-- 存续企业拥有的有效发明专利：企业为第一专利权人。
create view invention_of_first_patentee as
select i.application_number, e.uscc, e.town
from invention_in_force i
join owner_on_day o on o.application_number = i.application_number
join enterprise_alive e on e.uscc = o.owner_uscc;

-- clause: C3.3.2.2
-- 存续企业作为其他专利权人拥有的有效发明专利，仅在 first_patentee_only 为 false 时计，转让后不计。
-- note: the registers give a code for the first patentee only, so the others go by exact current name.
create view invention_of_co_patentee as
select i.application_number, e.uscc, e.town
from invention_in_force i
join owner_on_day o on o.application_number = i.application_number
cross join enterprise_alive e
where not $first_patentee_only
  and (o.owner_uscc is null or o.owner_uscc <> e.uscc)
  and strpos(i.applicant_names || '|', o.owner || '|') = 1
  and strpos('|' || i.applicant_names || '|', '|' || e.name || '|') > 0;

-- clause: C3.3.2.2
-- 企业当年（统计时点）的有效发明专利，一件只计一次。
create view enterprise_invention as
select application_number, uscc, town from invention_of_first_patentee
union all
select application_number, uscc, town from invention_of_co_patentee;

------------------------------------------------------------------------------------------------
-- 4. High-value inventions: five categories, each a fact of its own
------------------------------------------------------------------------------------------------

-- clause: C3.4.2.2
-- 第一类：战略性新兴产业的发明专利（分类号、排除分类号、关键词在冻结时判定，或由人工判定）。
create view high_value_strategic as
select distinct application_number from patent_sei where verdict = 'met';

-- clause: C3.4.2.2
-- 国外（不含港澳台）同族发明：已授权，没有已知的失效，自授权不满二十年。
-- note: no office protects an invention for longer than twenty years from its filing, which is no later than its grant.
create view family_standing as
select cn_application_number as application_number, state_known
from foreign_grant
where cn_application_number is not null and kind = '发明' and abroad
  and granted_on <= $as_of and granted_on + interval '20 years' > $as_of
  and (in_force_from is null or in_force_from <= $as_of)
  and (in_force_until is null or in_force_until > $as_of);

-- clause: C3.4.2.2
-- 第二类：在海外有同族专利权的发明专利：国外同族发明在统计时点有效。
create view high_value_family as
select distinct application_number from family_standing where state_known;

-- clause: C3.4.2.2
-- 第三类：维持年限超过10年的发明专利：统计时点晚于起算日满十年的对应日（恰满十年不算）。
create view high_value_maintained as
select application_number
from invention_in_force
where $as_of > case when $maintenance_start = 'grant' then granted_on else filed_on end
  + interval '10 years';

-- clause: C3.4.2.2
-- 第四类：实现较高质押融资金额的发明专利：一次专利质押中分摊到该件的金额达到门槛；未设门槛则一律不认定。
create view high_value_pledged as
select distinct o.object as application_number
from pledge_object o
join pledge p on p.number = o.number
where p.rights = '专利' and p.registered_on <= $as_of
  and o.allocated_fen >= $pledge_high_value_threshold_fen;

-- clause: C3.4.2.2
-- 第五类：获得国家科学技术奖或中国专利奖的发明专利。
create view high_value_prize as
select distinct application_number
from prize
where prize in ('国家科学技术奖', '中国专利奖') and year <= $year;

-- clause: C3.4.2.2
-- 符合任一类的专利及其类别，一件可属多类。
create view category_of_patent as
select application_number, 1 as category from high_value_strategic
union all select application_number, 2 as category from high_value_family
union all select application_number, 3 as category from high_value_maintained
union all select application_number, 4 as category from high_value_pledged
union all select application_number, 5 as category from high_value_prize;

-- clause: C3.4.2.2
-- 预判：有效发明专利中符合五类之一的（含企业拥有而登记地址不在本市的，供创新之星使用）。
create view high_value_judged as
select c.application_number, c.category
from category_of_patent c
join invention_in_force i on i.application_number = c.application_number;

-- clause: C2.1.7, C3.4.2.2
-- 预判：本市的高价值发明专利。
create view high_value_computed as
select j.application_number, j.category
from high_value_judged j
join invention_in_city i on i.application_number = j.application_number;

-- clause: C2.1.7, C3.4.2.2
-- 官方名单：与统计时点同一天的官方高价值名单。
create view high_value_listed as
select distinct application_number, coalesce(categories, '') as categories
from official_high_value
where as_of = $as_of;

-- clause: C2.1.7, C3.4.2.2
-- 官方名单逐类展开；名单未注明类别的类别为空。
create view high_value_official as
select l.application_number, c.category
from high_value_listed l
join (values (1), (2), (3), (4), (5)) as c (category)
  on strpos('|' || l.categories || '|', '|' || cast(c.category as varchar) || '|') > 0
union all
select application_number, cast(null as bigint) as category
from high_value_listed
where categories = '';

-- clause: C2.1.7
-- 采用哪一个来源：有同一时点的官方名单时以名单为准，否则用预判（high_value_source 可改）。
create view high_value_chosen as
select
  case
    when $high_value_source = 'computed' then 'computed'
    when $high_value_source = 'official' then 'official'
    when count(*) > 0 then 'official'
    else 'computed'
  end as source,
  count(*) > 0 as listed
from high_value_listed;

-- clause: C2.1.7, C3.4.2.2
-- 本市高价值发明专利（用于 K04）。
create view high_value as
select o.application_number, o.category
from high_value_official o cross join high_value_chosen s where s.source = 'official'
union all
select c.application_number, c.category
from high_value_computed c cross join high_value_chosen s where s.source = 'computed';

-- clause: C3.3.2.2
-- 创新之星采用的高价值专利：官方名单，或预判（不限登记地址），一件只计一次。
create view high_value_for_star as
select distinct o.application_number
from high_value_official o cross join high_value_chosen s where s.source = 'official'
union all
select distinct j.application_number
from high_value_judged j cross join high_value_chosen s where s.source = 'computed';

-- clause: C3.4.2.2
-- 尚不能确定的：分类号已对上而关键词未能确定，或国外同族授权的状态没有填报。
create view category_open as
select application_number from patent_sei where verdict = 'undetermined'
union
select application_number from family_standing where not state_known;

-- clause: C3.4.2.2
-- 尚不能确定的有效发明专利，且不属其他类：待人工判定或补报，是上限的来源。
create view undetermined_in_force as
select s.application_number
from category_open s
join invention_in_force i on i.application_number = s.application_number
left join high_value_judged j on j.application_number = s.application_number
where j.application_number is null;

-- clause: C2.1.7, C3.4.2.2
-- 本市待人工判定的发明专利。
create view high_value_undetermined as
select u.application_number
from undetermined_in_force u
join invention_in_city i on i.application_number = u.application_number;

-- clause: C3.4.2.2
-- 预判所依据的登记簿：对照表、国外授权、奖项；设了质押门槛时还有质押。
create view high_value_register as
select 1 as category, 'strategic-industries' as register
union all select 2 as category, 'foreign-grants' as register
union all select 5 as category, 'prizes' as register
union all select 4 as category, 'pledges' as register where $pledge_high_value_threshold_fen is not null;

-- clause: C3.4.2.2
-- 预判是否完整：所依据的登记簿有一本未报送或不全，预判即为下限。
create view high_value_complete as
select coalesce(min(case when d.delivered and not d.incomplete then 1 else 0 end), 0) = 1 as complete
from high_value_register r
join delivered_register d on d.register = r.register and d.span = 'until';

------------------------------------------------------------------------------------------------
-- 5. Stars: what each enterprise holds, at least and at most
------------------------------------------------------------------------------------------------

-- clause: C3.3.2.2
-- 专利登记簿不全时，件数没有已知的上限。
create view patents_open as
select
  coalesce(max(case when span = 'until' and incomplete then 1 end), 0) = 1 as stock_open,
  coalesce(max(case when span = 'year' and incomplete then 1 end), 0) = 1 as year_open
from delivered_register
where register = 'patents';

-- clause: C3.3.2.2
-- 每件企业发明专利：是否高价值，是否可能是高价值（待判定，或预判所依据的登记簿不全）。
create view star_invention as
select
  i.application_number, i.uscc, i.town,
  h.application_number is not null as high_value,
  h.application_number is not null
    or (s.source = 'computed' and (u.application_number is not null or not c.complete)) as perhaps
from enterprise_invention i
cross join high_value_chosen s
cross join high_value_complete c
left join high_value_for_star h on h.application_number = i.application_number
left join undetermined_in_force u on u.application_number = i.application_number;

-- clause: C3.3.2.2
-- 每家企业的有效发明专利总量和其中的高价值专利，各有下限和上限。
create view star_count as
select
  i.uscc, max(i.town) as town,
  count(*) as inventions,
  max(case when o.stock_open then 9223372036854775807 end) as inventions_most,
  count(case when i.high_value then 1 end) as high_value,
  case
    when max(case when o.stock_open then 1 else 0 end) = 1 then 9223372036854775807
    when count(case when i.perhaps then 1 end) > count(case when i.high_value then 1 end)
      then count(case when i.perhaps then 1 end)
  end as high_value_most
from star_invention i
cross join patents_open o
group by i.uscc;

-- clause: C2.2.6, C3.3.2.3
-- 知识产权密集型企业：达到创新之星二星级以上条件的存续企业；没有另行认定的名单。
create view dense_enterprise as
select uscc, town from star_count
where inventions > $star_2_inventions and high_value >= $star_high_value;

-- clause: C3.3.2.2
-- 四个星级及其件数门槛（超过，不含本数）；没有一星级。
create view star_level as
select 2 as level, $star_2_inventions as more_than
union all select 3 as level, $star_3_inventions as more_than
union all select 4 as level, $star_4_inventions as more_than
union all select 5 as level, $star_5_inventions as more_than;

------------------------------------------------------------------------------------------------
-- 6. Grants abroad
------------------------------------------------------------------------------------------------

-- clause: C2.1.3, C3.1.5.2
-- 存续企业在国外获得的发明专利授权，一局一件，欧洲、欧亚等地区专利不论在几国生效只计一件；此后失效不影响计数。
-- note: the freeze has found the rows that are one right, however their numbers are written.
create view invention_abroad as
select distinct
  f.right_id, f.route, f.granted_on, f.abroad, f.office,
  coalesce(f.pct_number, f.cn_application_number, f.right_id) as family,
  f.uscc, e.town
from foreign_grant f
join enterprise_alive e on e.uscc = f.uscc
where f.kind = '发明' and f.granted_on <= $as_of;

-- clause: C2.1.3, C3.1.5.2
-- 其中通过 PCT 途径获得的国外授权：不含内地、港澳台；unit 为计件单位（件或国际申请）。
-- 两家企业都报为自己的一件，全市计一件，在登记簿更正之前不归任何一家，也不归任何区镇。
create view pct_grant as
select
  right_id, min(granted_on) as granted_on, min(family) as family,
  case when min(uscc) = max(uscc) then min(uscc) end as uscc,
  case when min(uscc) = max(uscc) then min(town) else '未定区镇' end as town,
  case when $pct_unit = 'family' then min(family) else right_id end as unit
from invention_abroad
where route = 'PCT' and abroad
group by right_id;

-- clause: C2.1.3, C3.1.5.3
-- 累计期内的 PCT 国外授权：cumulative_from 未设定时自有记录以来。
create view pct_grant_cumulative as
select * from pct_grant
where $cumulative_from is null or granted_on >= $cumulative_from;

-- clause: C3.1.5.2
-- 当年（公历年，截至统计时点）的 PCT 国外授权，已知归哪一家企业的。
create view pct_grant_of_year as
select * from pct_grant where granted_on >= $year_start and uscc is not null;

------------------------------------------------------------------------------------------------
-- 7. Madrid, pledges, training, surveys, statistics
------------------------------------------------------------------------------------------------

-- clause: C2.1.4
-- 马德里国际注册：原属局为中国，持有人为存续的本市企业，一个国际注册号计一件，归原号的持有人；部分转让分出的（号码加字母）不另计。
create view madrid_of_city as
select min(m.ir_number) as ir_number, min(m.registered_on) as registered_on,
  first_value(m.uscc order by m.ir_number, m.uscc) as uscc, first_value(e.town order by m.ir_number, m.uscc) as town
from madrid m
join enterprise_alive e on e.uscc = m.uscc
where m.origin = 'CN' and m.registered_on <= $as_of
group by m.registration;

-- clause: C2.1.4
-- 累计期内的马德里国际注册。
create view madrid_cumulative as
select * from madrid_of_city
where $cumulative_from is null or registered_on >= $cumulative_from;

-- clause: C2.3.6, C3.2.4.4
-- 当年登记、出质人为存续本市企业的质押；组合担保只计知识产权金额；注销不减当年数。
create view pledge_of_year as
select p.number, p.rights, p.uscc, e.town, p.counted_fen, p.disbursed_fen,
  coalesce(p.rollover, false) as rollover
from pledge p
join enterprise_alive e on e.uscc = p.uscc
where p.registered_on >= $year_start and p.registered_on <= $as_of;

-- clause: C2.3.6, C3.2.4.4
-- 计入年质押融资额的：专利和商标，含续贷；著作权另列。
create view pledge_counted as
select * from pledge_of_year
where rights in ('专利', '商标') or (rights = '著作权' and $pledge_copyright_counts);

-- clause: C2.5.4, C4.4.1.2
-- 规划期首日以来培训合格、服务类别为代理、运营、策划、信息的人员。
create view trainee_passed as
select t.person, t.course, t.uscc, coalesce(e.town, '未定区镇') as town
from trainee t
left join enterprise_town e on e.uscc = t.uscc
where t.passed and t.service in ('代理', '运营', '策划', '信息')
  and t.completed_on >= $plan_start and t.completed_on <= $as_of;

-- clause: C2.4.8, C2.4.9
-- 每项调查在统计时点或之前的最后一次；同日的取样本大的。
create view survey_last as
select survey, approval, as_of, sample, positive
from (
  select survey, approval, as_of, sample, positive,
    row_number() over (partition by survey order by as_of desc, sample desc, approval desc) as place
  from survey_wave
  where as_of <= $as_of
) as ordered
where place = 1;

-- clause: C2.1.2, C2.1.7
-- 分母所取年份：上一年或当年。
create view denominator_year as
select case when $denominator_year = 'same' then $year else $year - 1 end as year;

-- clause: C2.1.2, C2.1.7
-- 全市的地区生产总值和常住人口：该年份数据中发布日期最晚的版本。
create view denominator as
select measure, year, value, vintage
from (
  select s.measure, s.year, s.value, s.vintage,
    row_number() over (partition by s.measure order by s.published_on desc,
      case s.vintage when '普查修订' then 1 when '最终核实' then 2 when '公报' then 3 else 4 end,
      s.vintage, s.value) as place
  from statistic s
  join denominator_year d on d.year = s.year
  where s.region = '' and s.measure in ('地区生产总值', '常住人口')
) as ordered
where place = 1;

-- clause: C1.4
-- 上年末有效的本市发明专利（按当时的第一专利权人地址）。
create view invention_at_year_start as
select p.application_number, o.owner_uscc as uscc, coalesce(o.town, '未定区镇') as town
from patent p
join patent_force f on f.application_number = p.application_number
join patent_owner o on o.application_number = p.application_number
where p.kind = '发明'
  and f.from_on < $year_start and (f.until_on is null or f.until_on >= $year_start)
  and (o.from_on is null or o.from_on < $year_start) and (o.until_on is null or o.until_on >= $year_start)
  and o.in_city;

-- clause: C1.4
-- 上年末有效、统计时点已失效的本市发明专利。
create view invention_lost as
select a.application_number, a.uscc, a.town
from invention_at_year_start a
left join invention_in_force i on i.application_number = a.application_number
where i.application_number is null;

-- clause: C2.1.7
-- 官方名单上的、在统计时点不是本市有效发明专利的，及其缘由；仍以名单为准计入，但请核对。
create view high_value_doubt as
select
  l.application_number,
  case
    when p.application_number is null then '专利登记簿中没有'
    when p.kind <> '发明' then '不是发明'
    when i.application_number is null then '尚未授权或已失效'
    else '不在本市'
  end as doubt
from high_value_listed l
cross join high_value_chosen s
left join patent p on p.application_number = l.application_number
left join invention_in_force i on i.application_number = l.application_number
left join invention_in_city c on c.application_number = l.application_number
where s.source = 'official' and c.application_number is null;

-- clause: C2.1.7
-- 存疑的件数和前五件的号码，用于说明理由；没有存疑的没有这一行。
create view high_value_doubt_reason as
select '名单有 ' || cast(max(total) as varchar) || ' 件在统计时点不是本市有效发明专利，请核对：'
  || string_agg(application_number || '（' || doubt || '）', '、' order by application_number)
  || case when max(total) > 5 then '等' else '' end as reason
from (
  select application_number, doubt, row_number() over (order by application_number) as place,
    count(*) over () as total
  from high_value_doubt
) as d
where place <= 5
having count(*) > 0;

-- clause: C2.1.7
-- 计入的高价值发明专利及其区镇和企业。
create view high_value_owner as
select h.application_number, coalesce(max(o.town), '未定区镇') as town, max(o.owner_uscc) as uscc
from high_value h
left join owner_on_day o on o.application_number = h.application_number
group by h.application_number;

-- clause: C2.1.7
-- 其中在统计时点是本市有效发明专利的：与全部有效发明专利相比时，分子分母同一范围。
create view high_value_in_city as
select h.application_number, h.town, h.uscc
from high_value_owner h
join invention_in_city i on i.application_number = h.application_number;

-- clause: C2.3.6
-- 监测的质押融资：不含续贷的、实际放款的、著作权的，各按其金额（分）。
create view pledge_monitored as
select 'M05' as code, number, town, uscc, counted_fen as fen from pledge_counted where not rollover
union all select 'M06' as code, number, town, uscc, disbursed_fen as fen from pledge_counted
where disbursed_fen is not null
union all select 'M07' as code, number, town, uscc, counted_fen as fen from pledge_of_year where rights = '著作权';

-- clause: C2.1.3
-- 监测的国外授权：累计同族、规划期内 PCT 授权、非 PCT 途径、港澳台；unit 为计件单位。
create view grant_monitored as
select 'M08' as code, right_id, town, uscc, family as unit from pct_grant_cumulative
union all select 'M09' as code, right_id, town, uscc, unit from pct_grant
where granted_on >= $plan_start and granted_on <= $plan_end
union all select 'M11' as code, right_id, town, uscc, right_id as unit from invention_abroad
where route <> 'PCT' and abroad
union all select 'M12' as code, right_id, town, uscc, right_id as unit from invention_abroad
where office in ('HK', 'MO', 'TW');

-- clause: C2.1.4
-- 规划期内的马德里国际注册。
create view madrid_of_plan as
select * from madrid_of_city where registered_on >= $plan_start and registered_on <= $plan_end;

-- clause: C3.3.4.1
-- 统计时点持有有效注册商标的存续企业。
create view trademark_holder as
select distinct e.uscc, e.town
from enterprise_alive e
join trademark t on t.uscc = e.uscc and t.registered_on <= $as_of and t.expires_on >= $as_of;

------------------------------------------------------------------------------------------------
-- 8. Indicators: counted rights, then numerators
------------------------------------------------------------------------------------------------

-- clause: C2.0
-- 每个指标逐件计入的权利、企业或人，及其区镇和企业；unit 为计件单位（空为该件自身），amount 为金额（分；空为按件）。
create view indicator_evidence as
select code, right_id, region, uscc, cast(null as varchar) as unit, cast(null as bigint) as amount from (
  select 'K01' as code, application_number as right_id, town as region, owner_uscc as uscc from invention_in_city
  union all select 'K03' as code, ir_number as right_id, town as region, uscc from madrid_cumulative
  union all select 'K04' as code, application_number as right_id, town as region, uscc from high_value_owner
  union all
  select 'K05' as code, uscc as right_id, town as region, uscc from advantage_enterprise
  union all select 'K06' as code, uscc as right_id, town as region, uscc from dense_enterprise
  union all select 'K07' as code, uscc as right_id, town as region, uscc from high_tech_enterprise where filed
  union all
  select 'K11' as code, person as right_id, first_value(town order by uscc, town) as region,
    first_value(uscc order by uscc, town) as uscc from trainee_passed
  group by person
  union all select 'M01' as code, uscc as right_id, town as region, uscc from high_tech_enterprise
  union all select 'M02' as code, uscc as right_id, town as region, uscc from high_tech_enterprise
  union all select 'M03' as code, application_number as right_id, town as region, uscc from high_value_in_city
  union all select 'M04' as code, application_number as right_id, town as region, uscc from invention_lost
  union all select 'M10' as code, ir_number as right_id, town as region, uscc from madrid_of_plan
  union all select 'M13' as code, person || ' ' || course as right_id, town as region, uscc from trainee_passed
  union all select 'M14' as code, uscc as right_id, town as region, uscc from trademark_holder
) as piece
union all select 'K02' as code, right_id, town as region, uscc, unit, null as amount from pct_grant_cumulative
union all select code, right_id, town as region, uscc, unit, null as amount from grant_monitored
union all
select 'K08' as code, number as right_id, town as region, uscc, null as unit, counted_fen as amount from pledge_counted
union all
select code, number as right_id, town as region, uscc, null as unit, fen as amount from pledge_monitored;

-- clause: C2.0
-- 各区镇的分子；没有计入的区镇不列。质押按金额，其余按计件单位。
create view indicator_region as
select code, region, count(distinct coalesce(unit, right_id)) as numerator
from indicator_evidence where amount is null group by code, region
union all
select code, region, cast(sum(amount) as bigint) as numerator
from indicator_evidence where amount is not null group by code, region;

-- clause: C2.1.2, C2.1.7
-- 两个分母各一行：没有数据时分母为空，并说明理由。
create view denominator_found as
select m.measure, max(d.value) as value,
  case when max(d.value) is null then '没有可用的全市' || m.measure || '（' || cast(y.year as varchar) || ' 年）'
    when max(d.value) <= 0 then '全市' || m.measure || '不是正数，比率无法计算' end as reason
from (values ('地区生产总值'), ('常住人口')) as m (measure)
cross join denominator_year y
left join denominator d on d.measure = m.measure
group by m.measure, y.year;

-- clause: C2.1.2, C3.1.4.3
-- 每十亿元地区生产总值发明专利拥有量。
create view k01 as
select 'K01' as code, n.numerator, d.value as denominator, cast(null as bigint) as upper, d.reason
from (select count(*) as numerator from invention_in_city) as n
cross join denominator_found d
where d.measure = '地区生产总值';

-- clause: C2.1.3, C3.1.5.3
-- PCT 国际专利授权量累计。
create view k02 as
select 'K02' as code, count(distinct unit) as numerator, cast(null as bigint) as denominator,
  cast(null as bigint) as upper, cast(null as varchar) as reason
from pct_grant_cumulative;

-- clause: C2.1.4
-- 马德里国际商标注册量累计。
create view k03 as
select 'K03' as code, count(*) as numerator, cast(null as bigint) as denominator,
  cast(null as bigint) as upper, cast(null as varchar) as reason
from madrid_cumulative;

-- clause: C2.1.7, C3.4.2.2
-- 本市高价值发明专利的几个数：采用的、预判的、名单上的、待判定的、全部有效的。
create view high_value_number as
select chosen.total as chosen, computed.total as computed, listed.total as listed,
  undetermined.total as undetermined, held.total as held
from (select count(distinct application_number) as total from high_value) as chosen
cross join (select count(distinct application_number) as total from high_value_computed) as computed
cross join (select count(*) as total from high_value_listed) as listed
cross join (select count(*) as total from high_value_undetermined) as undetermined
cross join (select count(*) as total from invention_in_city) as held;

-- clause: C2.1.7, C3.4.2.4
-- 万人高价值发明专利拥有量；预判不全时上限为本市全部有效发明专利，有待判定时上限加待判定件数。
create view k04 as
select 'K04' as code,
  case when s.source = 'official' and not s.listed then null else n.chosen end as numerator,
  d.value as denominator,
  case
    when s.source = 'official' then null
    when c.complete then n.chosen + n.undetermined
    else n.held
  end as upper,
  case when s.source = 'official' and not s.listed then '没有该统计时点的官方高价值名单'
    when d.reason is not null and q.reason is not null then d.reason || '；' || q.reason
    else coalesce(d.reason, q.reason) end as reason
from high_value_number n
left join high_value_doubt_reason q on true
cross join high_value_chosen s
cross join high_value_complete c
cross join denominator_found d
where d.measure = '常住人口';

-- clause: C2.2.5, C3.3.1.3
-- 国家知识产权示范优势企业。
create view k05 as
select 'K05' as code, count(*) as numerator, cast(null as bigint) as denominator,
  cast(null as bigint) as upper, cast(null as varchar) as reason
from advantage_enterprise;

-- clause: C2.2.6, C3.3.2.3
-- 知识产权密集型企业；上限为可能达到条件的企业数。
create view k06 as
select 'K06' as code, d.enterprises as numerator, cast(null as bigint) as denominator,
  p.enterprises as upper, cast(null as varchar) as reason
from (select count(*) as enterprises from dense_enterprise) as d
cross join (
  select count(*) as enterprises from star_count
  where coalesce(inventions_most, inventions) > $star_2_inventions
    and coalesce(high_value_most, high_value) >= $star_high_value
) as p;

-- clause: C2.2.7, C3.3.5.3
-- 高新技术企业知识产权贯标备案率：分子分母同一时点；没有有效高新技术企业时无法计算。
create view k07 as
select 'K07' as code, count(case when filed then 1 end) as numerator, count(*) as denominator,
  cast(null as bigint) as upper,
  case when count(*) = 0 then '统计时点没有有效的高新技术企业，比率无法计算' end as reason
from high_tech_enterprise;

-- clause: C2.3.6, C3.2.4.4
-- 年知识产权质押融资额，单位分。
create view k08 as
select 'K08' as code, coalesce(cast(sum(counted_fen) as bigint), 0) as numerator,
  cast(null as bigint) as denominator, cast(null as bigint) as upper, cast(null as varchar) as reason
from pledge_counted;

-- clause: C2.4.8
-- 全社会知识产权认知度：达标样本 ÷ 有效样本。
create view k09 as
select 'K09' as code, max(positive) as numerator, max(sample) as denominator,
  cast(null as bigint) as upper,
  case when count(*) = 0 then '截至统计时点没有认知度调查'
    when max(sample) = 0 then '认知度调查没有有效样本' end as reason
from survey_last where survey = '认知度';

-- clause: C2.4.9
-- 知识产权权利人满意度：达标样本 ÷ 有效样本。
create view k10 as
select 'K10' as code, max(positive) as numerator, max(sample) as denominator,
  cast(null as bigint) as upper,
  case when count(*) = 0 then '截至统计时点没有满意度调查'
    when max(sample) = 0 then '满意度调查没有有效样本' end as reason
from survey_last where survey = '满意度';

-- clause: C2.5.4, C4.4.1.2
-- 培训实用人才：不同的人，不是人次。
create view k11 as
select 'K11' as code, count(distinct person) as numerator, cast(null as bigint) as denominator,
  cast(null as bigint) as upper, cast(null as varchar) as reason
from trainee_passed;

------------------------------------------------------------------------------------------------
-- 9. Monitored indicators: no target
------------------------------------------------------------------------------------------------

-- clause: C1.2
-- 基期有效高新技术企业数。
create view high_tech_at_baseline as
select count(distinct s.uscc) as enterprises
from status s
join enterprise e on e.uscc = s.uscc
where s.kind = '高新技术企业'
  and s.from_on <= $baseline_on and (s.until_on is null or s.until_on > $baseline_on)
  and (e.gone_on is null or e.gone_on > $baseline_on);

-- clause: C1.2, C1.4, C2.1.3, C2.1.4, C2.3.6, C2.5.4, C3.3.4.1
-- 监测指标的分子和分母。
create view monitored as
select 'M01' as code, count(*) as numerator, cast(null as bigint) as denominator
from high_tech_enterprise
union all
select 'M02' as code, h.numerator, h.enterprises as denominator
from (select count(e.uscc) as numerator, max(b.enterprises) as enterprises
  from high_tech_at_baseline b left join high_tech_enterprise e on true) as h
union all
select 'M03' as code, case when k.numerator is not null then i.total end as numerator, n.held as denominator
from k04 k
cross join high_value_number n
cross join (select count(*) as total from high_value_in_city) as i
union all
select 'M04' as code, lost.total as numerator, held.total as denominator
from (select count(*) as total from invention_lost) as lost
cross join (select count(*) as total from invention_at_year_start) as held
union all
select m.code, coalesce(cast(sum(p.fen) as bigint), 0) as numerator, null as denominator
from (values ('M05'), ('M06'), ('M07')) as m (code)
left join pledge_monitored p on p.code = m.code
group by m.code
union all
select m.code, count(distinct g.unit) as numerator, null as denominator
from (values ('M08'), ('M09'), ('M11'), ('M12')) as m (code)
left join grant_monitored g on g.code = m.code
group by m.code
union all
select 'M10' as code, count(*) as numerator, null as denominator from madrid_of_plan
union all
select 'M13' as code, count(*) as numerator, null as denominator from trainee_passed
union all
select 'M14' as code, held.total as numerator, alive.total as denominator
from (select count(*) as total from trademark_holder) as held
cross join (select count(distinct uscc) as total from enterprise_alive) as alive;

------------------------------------------------------------------------------------------------
-- 10. What each indicator rests on, and its value with bound and reason
------------------------------------------------------------------------------------------------

-- clause: C2.0
-- 每个指标依赖的登记簿。role：main 未报送则不可知、不全则为下限；ratio 分子分母同源，不全即不可知；
-- place 未报送或不全则为下限；part 未报送或不全则上限另算；note 只作说明。
create view needed_register as
select code, register, span, role from (values
  ('K01', 'patents', 'until', 'main'), ('K01', 'regions', 'until', 'place'), ('K01', 'patent-events', 'until', 'note'),
  ('K02', 'foreign-grants', 'until', 'main'), ('K02', 'enterprises', 'until', 'main'),
  ('K03', 'madrid', 'until', 'main'), ('K03', 'enterprises', 'until', 'main'),
  ('K05', 'statuses', 'until', 'main'), ('K05', 'enterprises', 'until', 'main'),
  ('K06', 'patents', 'until', 'main'), ('K06', 'enterprises', 'until', 'main'), ('K06', 'patent-events', 'until', 'note'),
  ('K07', 'statuses', 'until', 'ratio'), ('K07', 'enterprises', 'until', 'ratio'),
  ('K08', 'pledges', 'year', 'main'), ('K08', 'enterprises', 'until', 'main'),
  ('K09', 'survey-waves', 'until', 'main'), ('K10', 'survey-waves', 'until', 'main'),
  ('K11', 'trainees', 'until', 'main'),
  ('M01', 'statuses', 'until', 'main'), ('M01', 'enterprises', 'until', 'main'),
  ('M02', 'statuses', 'until', 'ratio'), ('M02', 'enterprises', 'until', 'ratio'),
  ('M03', 'patents', 'until', 'ratio'), ('M03', 'regions', 'until', 'place'),
  ('M04', 'patents', 'until', 'ratio'), ('M04', 'patent-events', 'until', 'ratio'), ('M04', 'regions', 'until', 'place'),
  ('M05', 'pledges', 'year', 'main'), ('M05', 'enterprises', 'until', 'main'),
  ('M06', 'pledges', 'year', 'main'), ('M06', 'enterprises', 'until', 'main'),
  ('M07', 'pledges', 'year', 'main'), ('M07', 'enterprises', 'until', 'main'),
  ('M08', 'foreign-grants', 'until', 'main'), ('M08', 'enterprises', 'until', 'main'),
  ('M09', 'foreign-grants', 'until', 'main'), ('M09', 'enterprises', 'until', 'main'),
  ('M10', 'madrid', 'until', 'main'), ('M10', 'enterprises', 'until', 'main'),
  ('M11', 'foreign-grants', 'until', 'main'), ('M11', 'enterprises', 'until', 'main'),
  ('M12', 'foreign-grants', 'until', 'main'), ('M12', 'enterprises', 'until', 'main'),
  ('M13', 'trainees', 'until', 'main'),
  ('M14', 'trademarks', 'until', 'ratio'), ('M14', 'enterprises', 'until', 'ratio')
) as t (code, register, span, role)
union all
select c.code, r.register, 'until' as span, 'part' as role
from high_value_register r
cross join (values ('K04'), ('K06'), ('M03')) as c (code)
cross join high_value_chosen s
where s.source = 'computed'
union all
select 'K04' as code, r.register, 'until' as span, r.role
from (values ('patents', 'main'), ('regions', 'place'), ('patent-events', 'note')) as r (register, role)
cross join high_value_chosen s
where s.source = 'computed';

-- clause: C2.0
-- 全部指标的原始数。
create view indicator_raw as
select code, numerator, denominator, upper, reason from k01
union all select code, numerator, denominator, upper, reason from k02
union all select code, numerator, denominator, upper, reason from k03
union all select code, numerator, denominator, upper, reason from k04
union all select code, numerator, denominator, upper, reason from k05
union all select code, numerator, denominator, upper, reason from k06
union all select code, numerator, denominator, upper, reason from k07
union all select code, numerator, denominator, upper, reason from k08
union all select code, numerator, denominator, upper, reason from k09
union all select code, numerator, denominator, upper, reason from k10
union all select code, numerator, denominator, upper, reason from k11
union all
select m.code, m.numerator, m.denominator,
  case when m.code = 'M03' then k.upper end as upper,
  case when m.denominator = 0 then '分母为零，比率无法计算' end as reason
from monitored m cross join k04 k;

-- clause: C2.0
-- 本年未报的合计：当年一笔也没有，又没有报过当年的“已报齐”“本期无”，当年任一个月结束之后也没有来过文件，即未报，不当作零。
create view yearly_unreported as
select n.code, n.register
from needed_register n
join indicator_raw r on r.code = n.code
join register_state s on s.register = n.register
left join delivery d
  on d.register = n.register and d.state <> '未报' and d.from_on <= $as_of and d.to_on >= $year_start
where n.span = 'year' and r.numerator = 0 and d.register is null
  and s.delivered and (s.reported_until is null or s.reported_until < $year_start);

-- clause: C2.0
-- 每本登记簿对指标的影响：3 不可知，2 下限且上限未知，1 下限且上限另算，0 仅作说明；实际放款未报的质押使 M06 成为下限，全部未报则不可知；
-- 本年未报的合计不可知。
create view register_gap as
select n.code, n.register,
  case
    when n.role in ('main', 'ratio') and not d.delivered then 3
    when n.role = 'ratio' then 3
    when n.role in ('main', 'place') then 2
    when n.role = 'part' then 1
    else 0
  end as severity,
  case when not d.delivered then a.words else m.name || '有未报的期间' end
    || case when n.role = 'note' then '，按没有失效、转让等事件计算' else '' end as reason
from needed_register n
join delivered_register d on d.register = n.register and d.span = n.span
join register_name m on m.register = n.register
join register_absence a on a.register = n.register
where not d.delivered or d.incomplete
union all
select 'M06' as code, 'pledges' as register, case when count(disbursed_fen) = 0 then 3 else 2 end as severity,
  '有 ' || cast(count(*) - count(disbursed_fen) as varchar) || ' 笔质押未报实际放款额，没有计入' as reason
from pledge_counted
having count(*) > count(disbursed_fen)
union all
select u.code, u.register, 3 as severity, m.name || '本年还没有报送，不当作零' as reason
from yearly_unreported u
join register_name m on m.register = u.register;

-- clause: C2.0
-- 每个指标最重的缺口和全部理由。
create view indicator_gap as
select code, max(severity) as severity, cast(string_agg(reason, '；' order by severity desc, register) as varchar) as reason
from register_gap
group by code;

-- clause: C2.0
-- 指标结果：不可知的没有分子；下限的注明上限（如已知）；理由用中文列出。
-- note: a bound is `lower` also where undetermined inventions leave the count open.
create view indicator_value as
select
  r.code,
  case when coalesce(g.severity, 0) = 3 then null else r.numerator end as numerator,
  case when coalesce(g.severity, 0) = 3 and r.code in ('K07', 'M02', 'M03', 'M04', 'M14') then null
    else r.denominator end as denominator,
  case
    when coalesce(g.severity, 0) = 3 or r.numerator is null then 'unknown'
    when g.severity = 2 or r.upper > r.numerator then 'lower'
    else 'exact'
  end as bound,
  case when coalesce(g.severity, 0) < 2 and r.upper > r.numerator then r.upper end as upper,
  case when g.severity < 3 and r.reason is not null then g.reason || '；' || r.reason
    else coalesce(g.reason, r.reason) end as reason
from indicator_raw r
left join indicator_gap g on g.code = r.code;

------------------------------------------------------------------------------------------------
-- 11. The two totals of high-value inventions
------------------------------------------------------------------------------------------------

-- clause: C2.1.7, C3.4.2.2
-- 官方名单和预判各自的总数，及采用的来源；没有名单时官方总数为空。
create view high_value_total as
select s.source, case when s.listed then n.listed end as official, n.computed, n.undetermined, c.complete
from high_value_number n
cross join high_value_chosen s
cross join high_value_complete c;

-- clause: C3.4.2.2
-- 五类各自的件数（采用的来源）；所依据的登记簿从未报送、门槛未设定，或名单未注明类别而一件也没有的，件数为空并说明理由。
create view high_value_category as
select
  k.category,
  case
    when s.source = 'computed' and (k.category = 4 and $pledge_high_value_threshold_fen is null
      or not coalesce(d.delivered, true)) then null
    when u.total > 0 and count(h.application_number) = 0 then null
    else count(distinct h.application_number)
  end as total,
  case
    when s.source <> 'computed' and u.total > 0 and count(h.application_number) = 0
      then '名单有 ' || cast(u.total as varchar) || ' 件未注明类别，本类件数不明'
    when s.source <> 'computed' and u.total > 0
      then '名单有 ' || cast(u.total as varchar) || ' 件未注明类别，本类至少有此数'
    when s.source <> 'computed' and k.category = 4 and $pledge_high_value_threshold_fen is null
      then '按官方名单计；没有规定“较高质押融资金额”的门槛，预判不认定第四类'
    when s.source <> 'computed' then null
    when k.category = 4 and $pledge_high_value_threshold_fen is null then '没有规定“较高质押融资金额”的门槛，第四类不认定'
    when not coalesce(d.delivered, true) then m.words
  end as reason
from (values (1), (2), (3), (4), (5)) as k (category)
cross join high_value_chosen s
cross join (select count(*) as total from high_value where category is null) as u
left join high_value_register r on r.category = k.category
left join delivered_register d on d.register = r.register and d.span = 'until'
left join register_absence m on m.register = r.register
left join high_value h on h.category = k.category
group by k.category, s.source, u.total, d.delivered, m.words;

-- clause: C2.1.7, C3.4.2.2
-- 官方名单与预判的差异：只在名单上的，只在预判中的。
create view high_value_difference as
select l.application_number, 'official' as only_in
from high_value_listed l
left join high_value_computed c on c.application_number = l.application_number
where c.application_number is null
union all
select distinct c.application_number, 'computed' as only_in
from high_value_computed c
cross join high_value_chosen s
left join high_value_listed l on l.application_number = c.application_number
where l.application_number is null and s.listed;

------------------------------------------------------------------------------------------------
-- 12. Awards: facts, conditions and evidence
------------------------------------------------------------------------------------------------

-- clause: C3.1.4.2
-- 当年发明专利授权：授权公告日在当年、截至统计时点，企业为授权时第一专利权人；全部无效的不计，受让的不计。
create view granted_to_first_patentee as
select p.application_number, e.uscc
from patent p
join enterprise_alive e on e.uscc = p.grant_uscc
left join patent_void v on v.application_number = p.application_number
where p.kind = '发明' and p.granted_on >= $year_start and p.granted_on <= $as_of
  and v.application_number is null;

-- clause: C3.1.4.2
-- 其他专利权人也计的，仅在 first_patentee_only 为 false 时。
create view granted_to_co_patentee as
select p.application_number, e.uscc
from patent p
cross join enterprise_alive e
left join patent_void v on v.application_number = p.application_number
where not $first_patentee_only
  and (p.grant_uscc is null or p.grant_uscc <> e.uscc)
  and strpos('|' || p.applicant_names || '|', '|' || e.name || '|') > 0
  and p.kind = '发明' and p.granted_on >= $year_start and p.granted_on <= $as_of
  and v.application_number is null;

-- clause: C3.1.4.2
-- 企业当年的发明专利授权，一件只计一次。
create view granted_of_year as
select application_number, uscc from granted_to_first_patentee
union all
select application_number, uscc from granted_to_co_patentee;

-- clause: C3.1.4.2
-- 发明之星的件数；专利登记簿当年不全时没有已知的上限。
create view invention_star_count as
select g.uscc, count(*) as grants,
  max(case when o.year_open then 9223372036854775807 end) as grants_most
from granted_of_year g
cross join patents_open o
group by g.uscc;

-- clause: C3.1.5.2
-- 企业当年 PCT 国外发明专利授权的件数和国际申请数。
create view pct_grant_count as
select uscc, count(distinct unit) as grants, count(distinct family) as families
from pct_grant_of_year
group by uscc;

-- clause: C3.1.4.2, C3.1.5.2, C3.3.2.2
-- 每家企业每项条件：实有数、上限（与实有数不同时）、要求。
create view condition as
select 'invention-star' as award, uscc as subject, 1 as level, 'grants_in_year' as id,
  '当年发明专利授权达到 ' || cast($invention_star_grants as varchar) || ' 件以上' as text,
  grants as actual, grants_most as upper, '>=' as operator, $invention_star_grants as required,
  '件' as unit, 'C3.1.4.2' as clause
from invention_star_count
union all
select 'innovation-star' as award, c.uscc as subject, l.level, 'valid_inventions' as id,
  '有效发明专利总量超过 ' || cast(l.more_than as varchar) || ' 件' as text,
  c.inventions as actual, c.inventions_most as upper, '>' as operator, l.more_than as required,
  '件' as unit, 'C3.3.2.2' as clause
from star_count c cross join star_level l
union all
select 'innovation-star' as award, c.uscc as subject, l.level, 'high_value_inventions' as id,
  '拥有 ' || cast($star_high_value as varchar) || ' 件以上高价值专利' as text,
  c.high_value as actual, c.high_value_most as upper, '>=' as operator, $star_high_value as required,
  '件' as unit, 'C3.3.2.2' as clause
from star_count c cross join star_level l
union all
select 'pct-grant' as award, uscc as subject, 1 as level, 'pct_grants' as id,
  '当年通过 PCT 途径获得国外发明专利授权 ' || cast($pct_grant_minimum as varchar) || ' 件以上' as text,
  grants as actual, cast(null as bigint) as upper, '>=' as operator, $pct_grant_minimum as required,
  '件' as unit, 'C3.1.5.2' as clause
from pct_grant_count;

-- clause: C3.1.4.2, C3.1.5.2, C3.3.2.2
-- 每家企业的事实数。
create view award_fact as
select 'invention-star' as award, uscc as subject, 'grants_in_year' as name, grants as value from invention_star_count
union all select 'innovation-star' as award, uscc as subject, 'valid_inventions' as name, inventions as value from star_count
union all select 'innovation-star' as award, uscc as subject, 'high_value_inventions' as name, high_value as value from star_count
union all select 'pct-grant' as award, uscc as subject, 'pct_grants' as name, grants as value from pct_grant_count
union all select 'pct-grant' as award, uscc as subject, 'pct_families' as name, families as value from pct_grant_count;

-- clause: C3.1.4.2, C3.1.5.2, C3.3.2.2
-- 每项条件计入的权利。
create view evidence as
select 'invention-star' as award, uscc as subject, 'grants_in_year' as condition, application_number as right_id
from granted_of_year
union all
select 'innovation-star' as award, uscc as subject, 'valid_inventions' as condition, application_number as right_id
from star_invention
union all
select 'innovation-star' as award, uscc as subject, 'high_value_inventions' as condition, application_number as right_id
from star_invention where high_value
union all
select 'pct-grant' as award, uscc as subject, 'pct_grants' as condition, right_id from pct_grant_of_year;

-- clause: C3.1.4.2, C3.1.5.2, C3.3.2.2
-- 因登记簿从未报送而无法评定的奖项及理由；列在这里的奖项，名单为空不等于无人达标。
create view award_unknown as
select n.award, cast(string_agg(m.words, '；' order by n.register) as varchar) as reason
from (values
  ('invention-star', 'patents', 'year'), ('invention-star', 'enterprises', 'until'),
  ('innovation-star', 'patents', 'until'), ('innovation-star', 'enterprises', 'until'),
  ('pct-grant', 'foreign-grants', 'year'), ('pct-grant', 'enterprises', 'until')
) as n (award, register, span)
join delivered_register d on d.register = n.register and d.span = n.span
join register_absence m on m.register = n.register
where not d.delivered
group by n.award;

//! What becomes of the rows of a file.

use registry::{Error, ImportOptions};

use crate::office::{PATENTS, counts, offices, on};

#[tokio::test]
async fn a_file_is_read_counted_and_known_from_its_receipt() {
    for office in offices().await {
        let report = office.import("patents", PATENTS, "2024-01-10").await;
        assert_eq!(counts(&report), [3, 2, 0, 0, 1]);
        assert_eq!((report.untied, report.encoding.as_deref()), (2, Some("UTF-8")));
        let problem = &report.problems[0];
        assert_eq!((problem.row, problem.column.as_str(), problem.value.as_str()), (6, "申请号", "2.0131E+12"));
        assert!(problem.reason.contains("丢失"), "{}", problem.reason);
        let json = serde_json::to_value(&report).unwrap();
        for name in [
            "batch",
            "register",
            "file",
            "encoding",
            "rows",
            "accepted",
            "changed",
            "unchanged",
            "quarantined",
            "sheets_passed_over",
            "untied",
            "problems",
        ] {
            assert!(json.get(name).is_some(), "{name}");
        }
        assert_eq!(office.known("2024-01-09").await.get("patents").len(), 0);
        let known = office.known("2024-01-10").await;
        assert_eq!(known.get("patents").len(), 2);
        assert!(known.delivered.contains_key("patents") && !known.delivered.contains_key("prizes"));
        assert_eq!(office.cell("patents", "2013106997442", "kind", "2024-01-10").await.as_deref(), Some("发明"));
        assert_eq!(
            office.cell("patents", "971017654", "patentees", "2024-01-10").await.as_deref(),
            Some("乙有限公司|丙大学")
        );
    }
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing_and_says_so() {
    for office in offices().await {
        let first = office.import("patents", PATENTS, "2024-01-10").await;
        let before = office.known("2024-12-31").await;
        let again = office.import("patents", PATENTS, "2024-02-10").await;
        assert_eq!(counts(&again), [3, 0, 0, 2, 1]);
        assert_eq!(again.same_file_as, Some(first.batch));
        assert_eq!(office.known("2024-12-31").await.rows, before.rows);
        let open = registry::quarantine::Filter { state: Some("open"), limit: 10, ..Default::default() };
        assert_eq!(
            registry::quarantine::list(office.db(), &open).await.unwrap().len(),
            1,
            "the same row is not listed twice"
        );
        let sound = "申请号,名称,申请日,专利权人\n201310699744.2,一种装置,2013-12-18,甲有限公司\n";
        let all = office.import("patents", sound, "2024-03-10").await;
        assert!(all.summary.contains("没有任何变化"), "{}", all.summary);
    }
}

/// Unknown stays unknown: a register is not delivered by a file of which nothing could be taken.
#[tokio::test]
async fn a_register_is_reported_until_the_last_file_of_which_something_was_taken() {
    for office in offices().await {
        let refused = "申请号,名称,申请日,专利权人\n2.0131E+12,一种装置,2013-12-18,甲有限公司\n";
        assert_eq!(counts(&office.import("patents", refused, "2024-01-10").await), [1, 0, 0, 0, 1]);
        // One without rows says that there are none, and one that only confirms what is known says that it still holds.
        office.import("prizes", "奖项,年度,申请号,文号\n", "2024-01-10").await;
        office.import("patents", PATENTS, "2024-02-10").await;
        office.import("patents", PATENTS, "2024-03-10").await;
        let delivered = office.known("2024-12-31").await.delivered;
        let days: Vec<_> = delivered.iter().map(|(register, at)| (*register, *at)).collect();
        assert_eq!(days, [("patents", on("2024-03-10")), ("prizes", on("2024-01-10"))]);
    }
}

#[tokio::test]
async fn an_empty_cell_never_overwrites_and_other_content_is_a_correction() {
    for office in offices().await {
        office.import("patents", PATENTS, "2024-01-10").await;
        let changed =
            "申请号,名称,申请日,授权公告日,专利权人,地址\n201310699744.2,一种新装置,2013-12-18,,甲有限公司,\n";
        let report = office.import("patents", changed, "2024-02-10").await;
        assert_eq!(counts(&report), [1, 1, 1, 0, 0]);
        let cell = async |field: &str, day: &str| office.cell("patents", "2013106997442", field, day).await;
        assert_eq!(cell("title", "2024-02-09").await.as_deref(), Some("一种装置"), "the former version is kept");
        assert_eq!(cell("title", "2024-02-10").await.as_deref(), Some("一种新装置"));
        assert_eq!(cell("granted_on", "2024-02-10").await.as_deref(), Some("2016-05-04"));
        assert_eq!(cell("address", "2024-02-10").await.as_deref(), Some("江苏省如皋市如城街道"));
    }
}

#[tokio::test]
async fn a_key_twice_in_one_file_keeps_the_first_and_quarantines_another_content() {
    for office in offices().await {
        let text = "代码,名称\nC3824,甲\nC3825,乙\nC3824,丙\nC3825,乙\n";
        let report = office.import("industry-codes", text, "2024-01-10").await;
        assert_eq!(counts(&report), [4, 2, 0, 1, 1]);
        assert_eq!((report.problems[0].row, report.problems[0].column.as_str()), (4, "代码、版本"));
        assert!(report.problems[0].reason.contains("第 2 行"), "{}", report.problems[0].reason);
        assert_eq!(office.known("2024-12-31").await.get("industry-codes").len(), 2);
    }
}

#[tokio::test]
async fn a_row_longer_than_its_headings_is_never_taken_with_a_part_left_out() {
    for office in offices().await {
        let text = "代码,名称\nC3824,电力,电子元器件\nC3825,光伏,,\n";
        let report = office.import("industry-codes", text, "2024-01-10").await;
        assert_eq!(counts(&report), [2, 1, 0, 0, 1]);
        let problem = &report.problems[0];
        assert_eq!((problem.row, problem.column.as_str(), problem.value.as_str()), (2, "第3列", "电子元器件"));
        assert!(problem.reason.contains("错位"), "{}", problem.reason);
        // A column whose heading is blank is there all the same.
        let unnamed = "代码,名称,\nC3826,电力,一句备注\n";
        assert_eq!(counts(&office.import("industry-codes", unnamed, "2024-01-11").await)[..2], [1, 1]);
    }
}

#[tokio::test]
async fn an_enterprise_in_a_town_that_nobody_knows_is_taken_with_a_doubt() {
    for office in offices().await {
        let firms = "统一社会信用代码,企业名称,区镇,企业状态\n91350100M000100Y43,甲有限公司,丁木镇,存续\n";
        let early = office.import("enterprises", firms, "2024-01-08").await;
        assert_eq!(early.warnings, [], "no town is known yet");
        office.import("regions", "区镇代码,区镇名称,类型\n1,丁沐镇,镇\n", "2024-01-09").await;
        let report = office.import("enterprises", &firms.replace("甲", "乙"), "2024-01-10").await;
        assert_eq!(counts(&report)[..2], [1, 1]);
        let warning = &report.warnings[0];
        assert_eq!((warning.column.as_str(), warning.value.as_str()), ("区镇", "丁木镇"));
        assert!(warning.reason.contains("没有“丁木镇”"), "{}", warning.reason);
        let sound = office.import("enterprises", &firms.replace("丁木镇", "丁沐镇"), "2024-01-11").await;
        assert_eq!(sound.warnings, []);
        // Nothing is doubted of a row that was not taken.
        let refused = office.import("enterprises", &firms.replace("存续", "迁走"), "2024-01-12").await;
        assert_eq!((refused.quarantined, refused.warnings), (1, Vec::new()));
    }
}

#[tokio::test]
async fn a_line_that_is_broken_as_a_whole_is_said_once_and_with_its_cause() {
    for office in offices().await {
        let text = "{\"代码\":\"C3824\",\"名称\":\"甲\"}\n{\"代码\":\"C3825\",\"名称\":\n";
        let path = office.file("codes.jsonl", text);
        let options = ImportOptions::new(on("2024-01-10"), "张三");
        let report = registry::import::import(office.db(), "industry-codes", &path, &options).await.unwrap();
        assert_eq!(counts(&report), [2, 1, 0, 0, 1]);
        assert_eq!(report.problems.len(), 1, "{:?}", report.problems);
        assert!(report.problems[0].reason.contains("不是合法的 JSON"), "{:?}", report.problems);
    }
}

#[tokio::test]
async fn a_full_list_names_what_has_vanished_and_deletes_nothing() {
    for office in offices().await {
        office.import("industry-codes", "代码,名称\nC3824,甲\nC3825,乙\nC3829,丁\n", "2024-01-10").await;
        let full = ImportOptions { full: true, ..ImportOptions::new(on("2024-02-10"), "张三") };
        let report = office.try_import("industry-codes", "代码,名称\nC3824,甲\nC3829,=1+1\n", &full).await.unwrap();
        assert_eq!((report.vanished_count, report.vanished.len()), (1, 1), "{report:?}");
        assert!(report.vanished[0].ends_with("3825"), "{:?}", report.vanished);
        assert_eq!(office.known("2024-12-31").await.get("industry-codes").len(), 3);
    }
}

#[tokio::test]
async fn a_file_of_another_register_is_refused_whole_and_leaves_nothing() {
    for office in offices().await {
        let error = office
            .try_import("patents", "姓名,电话\n张三,1\n", &ImportOptions::new(on("2024-01-10"), "张三"))
            .await
            .unwrap_err();
        assert!(matches!(&error, Error::Unusable(why) if why.contains("标题行") && why.contains("申请号")), "{error}");
        assert!(
            registry::batches::list(office.db(), &registry::batches::Filter { limit: 10, ..Default::default() })
                .await
                .unwrap()
                .is_empty()
        );
        assert!(matches!(
            office.try_import("账本", "a\n1\n", &ImportOptions::new(on("2024-01-10"), "张三")).await,
            Err(Error::NotFound { .. })
        ));
    }
}

#[tokio::test]
async fn ties_are_counted_by_code_name_former_name_and_alias() {
    for office in offices().await {
        let enterprises =
            "统一社会信用代码,企业名称,曾用名,区镇\n91350100M000100Y43,甲（集团）有限公司,老甲公司,某镇\n";
        assert_eq!(office.import("enterprises", enterprises, "2024-01-01").await.untied, 0);
        let patents = "申请号,名称,申请日,专利权人,第一专利权人代码\n\
            201310699744.2,a,2013-12-18,甲(集团)有限公司;未知公司,\n\
            97101765.4,b,1997-03-18,老甲公司,\n\
            201710601862.3,c,2017-07-01,随便,91350100M000100Y43\n\
            202110123456.7,d,2021-07-01,未知公司,\n";
        assert_eq!(office.import("patents", patents, "2024-01-02").await.untied, 1);
        let tie = [[("name", "未知公司"), ("uscc", "91350100M000100Y43"), ("reason", "同一法人")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()];
        let entry = registry::Entry {
            register: "aliases",
            kind: registry::BatchKind::Tie,
            rows: &tie,
            at: on("2024-01-03"),
            by_whom: "李四",
            note: None,
        };
        registry::enter(office.db(), &entry).await.unwrap();
        assert_eq!(office.import("patents", patents, "2024-01-04").await.untied, 0);
        let prizes = "奖项,年度,申请号,文号\n中国专利奖,2022,201310699744.2,国知发〔2022〕1号\n中国专利奖,2022,202180012345.7,国知发〔2022〕1号\n";
        assert_eq!(office.import("prizes", prizes, "2024-01-05").await.untied, 1);
    }
}

#[tokio::test]
async fn a_saved_mapping_brings_foreign_headings_constants_and_a_filter() {
    for office in offices().await {
        let mapping = serde_json::json!({
            "source": "科技局", "register": "statuses", "headings": { "信用代码号": "uscc", "发证时间": "valid_from" },
            "constants": { "kind": "高新技术企业" }, "only": { "年份": ["2021*"] }
        });
        let mapping: registry::mappings::Mapping = serde_json::from_value(mapping).unwrap();
        registry::mappings::save(office.db(), &mapping, on("2024-01-01"), "张三").await.unwrap();
        let text =
            "信用代码号,发证时间,年份\n91350100M000100Y43,2021-11-30,2021年\n91350100M000100Y43,2018-11-30,2018年\n";
        let report = office.import("statuses", text, "2024-01-02").await;
        assert_eq!((counts(&report), report.filtered, report.mapping.as_deref()), ([1, 1, 0, 0, 0], 1, Some("科技局")));
        let wrong =
            registry::mappings::Mapping { constants: [("colour".to_owned(), "红".to_owned())].into(), ..mapping };
        assert!(registry::mappings::save(office.db(), &wrong, on("2024-01-01"), "张三").await.is_err());
    }
}

#[tokio::test]
async fn every_sheet_with_the_headings_is_read_and_the_others_are_named() {
    use sheets::{Cell, write};
    let sheet = |name: &str, headings: &[&str], rows: &[&[&str]]| write::Sheet {
        name: name.into(),
        title: None,
        columns: headings.iter().map(|heading| write::Column::new(*heading, write::Kind::Text)).collect(),
        rows: rows.iter().map(|row| row.iter().map(|cell| Cell::Text((*cell).into())).collect()).collect(),
    };
    for office in offices().await {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let sheets = [
            sheet("一月", &["代码", "名称", "备注"], &[&["C3824", "甲", "x"]]),
            sheet("说明", &["请按要求填写"], &[&["谢谢"]]),
            sheet("二月", &["名称", "代码"], &[&["乙", "C3825"]]),
        ];
        write::xlsx(&sheets, &mut bytes).unwrap();
        let path = office.folder.path().join("行业.xlsx");
        std::fs::write(&path, bytes.into_inner()).unwrap();
        let options = ImportOptions::new(on("2024-01-10"), "张三");
        let report = registry::import::import(office.db(), "industry-codes", &path, &options).await.unwrap();
        assert_eq!(counts(&report), [2, 2, 0, 0, 0]);
        assert_eq!(report.sheets_read, ["一月", "二月"]);
        assert!(report.sheets_passed_over.contains(&"说明".to_owned()), "{:?}", report.sheets_passed_over);
        assert_eq!(report.columns_ignored, ["一月: 备注"]);
    }
}

#[tokio::test]
async fn two_columns_that_mean_the_same_refuse_the_file() {
    for office in offices().await {
        let options = ImportOptions::new(on("2024-01-10"), "张三");
        let text = "区镇代码,区镇代码,区镇名称,类型\n1,320682,如皋市,市\n";
        let refused = office.try_import("regions", text, &options).await.unwrap_err().to_string();
        assert!(refused.contains("第 1 列“区镇代码”和第 2 列“区镇代码”"), "{refused}");
        let units = "登记号,权利种类,出质人代码,质权人,标的,登记金额,登记金额（万元）,登记日期\n";
        assert!(office.try_import("pledges", units, &options).await.unwrap_err().to_string().contains("第 7 列"));
        // A heading of the register stands before its synonyms, so that both may be there.
        let both = "区划代码,区划代码,区镇代码,区镇名称,类型\n1,2,320682,如皋市,市\n";
        let report = office.import("regions", both, "2024-01-10").await;
        assert_eq!((counts(&report)[1], report.columns_ignored.len()), (1, 2));
    }
}

#[tokio::test]
async fn a_file_of_which_no_row_was_taken_delivers_nothing() {
    for office in offices().await {
        let head = "登记号,权利种类,出质人代码,质权人,标的,登记金额,登记日期";
        let row =
            |amount: &str| format!("{head}\nY1,专利,91350100M000100Y43,某银行,201310699744.2,{amount},2023-03-01\n");
        let refused = office.import("pledges", &row("abc"), "2024-01-10").await;
        assert_eq!(counts(&refused), [1, 0, 0, 0, 1]);
        let known = office.known("2024-01-10").await;
        assert!(!known.delivered.contains_key("pledges") && known.refused.contains("pledges"), "unknown is not zero");
        assert_eq!(counts(&office.import("pledges", &row("100"), "2024-01-11").await)[1], 1);
        let known = office.known("2024-01-11").await;
        assert!(known.delivered.contains_key("pledges") && known.refused.is_empty());
        // The same rows again, all known: the file has come all the same.
        let empty = office.import("prizes", "奖项,年度,申请号,文号\n", "2024-01-10").await;
        assert!(empty.summary.contains("没有一行数据"), "{}", empty.summary);
        assert!(
            office.known("2024-01-10").await.delivered.contains_key("prizes"),
            "a file that lists nothing has come"
        );
    }
}

#[tokio::test]
async fn a_doubt_is_told_of_rows_taken_and_kept_with_rows_set_aside() {
    for office in offices().await {
        office.import("regions", "区镇代码,区镇名称,类型\n320999101,城东镇,镇\n", "2024-01-10").await;
        let head = "统一社会信用代码,企业名称,区镇,行业代码";
        let row = |industry: &str| format!("{head}\n91350100M000100Y43,甲有限公司,不存在镇,{industry}\n");
        let refused = office.import("enterprises", &row("C9999"), "2024-01-10").await;
        assert_eq!((refused.quarantined, refused.warnings.len(), refused.problems.len()), (1, 0, 1));
        let filter = registry::quarantine::Filter { batch: Some(refused.batch), limit: 1, ..Default::default() };
        let kept = registry::quarantine::list(office.db(), &filter).await.unwrap().remove(0);
        let columns: Vec<&str> = kept.reasons.iter().map(|reason| reason.column.as_str()).collect();
        assert_eq!(columns, ["行业代码", "区镇"]);
        let taken = office.import("enterprises", &row("C3824"), "2024-01-11").await;
        assert_eq!((taken.accepted, taken.warnings.len()), (1, 1));
    }
}

/// What an import says in doubt of its rows, as `column: part of the reason`.
async fn doubts(office: &crate::office::Office, register: &str, text: &str) -> Vec<String> {
    let report = office.import(register, text, "2024-01-10").await;
    assert_eq!(report.quarantined, 0, "{:?}", report.problems);
    report.warnings.iter().map(|doubt| format!("{} {} {}", doubt.row, doubt.column, doubt.reason)).collect()
}

#[tokio::test]
async fn contradictions_between_rows_and_with_the_day_are_doubts() {
    for office in offices().await {
        let patents = "申请号,名称,申请日,授权公告日,授权公告号,专利权人,分类号\n\
            201310699744.2,甲,2013-12-18,2099-05-05,,甲,\n\
            201810000001.4,乙,2018-03-01,2020-06-02,CN108000001B,甲,04-01\n\
            201810000002.9,丙,2018-03-01,2020-06-02,CN108000001B,甲,H04L 9/32\n\
            201810000003.3,丁,2018-03-01,2024-01-10,CN108000003B,甲,\n";
        let found = doubts(&office, "patents", patents).await;
        let rows: Vec<&str> = found.iter().map(|doubt| doubt.split(' ').next().unwrap()).collect();
        assert_eq!(rows, ["2", "3", "4"], "{found:?}");
        assert!(
            found[0].contains("授权公告日") && found[1].contains("洛迦诺") && found[2].contains("第 3 行"),
            "{found:?}"
        );

        let regions = "区镇代码,区镇名称,类型\n320999101,城东镇,镇\n999999,火星镇,镇\nA-1,开发区,镇\n";
        let found = doubts(&office, "regions", regions).await;
        assert!(found.len() == 1 && found[0].starts_with("3 区镇代码"), "{found:?}");

        let statuses = "统一社会信用代码,资质,证书编号,生效日期\n\
            91350100M000100Y43,高新技术企业,GR2021,2021-11-30\n\
            91350100M000100Y43,高新技术企业,GR202132001234,2022-11-30\n\
            91350100M000100Y43,贯标认证,GR2021,2021-11-30\n";
        let found = doubts(&office, "statuses", statuses).await;
        assert!(found.len() == 1 && found[0].starts_with("2 证书编号"), "{found:?}");

        let head = "人员编号,姓名,课程,服务类别,结业日期,结果\n";
        let one = format!("{head}1,张三,专利,代理,2023-01-01,合格\n1,张三,商标,代理,2023-01-01,合格\n");
        assert_eq!(doubts(&office, "trainees", &one).await, Vec::<String>::new());
        let found = doubts(&office, "trainees", &format!("{head}1,李四,导航,代理,2023-01-01,合格\n")).await;
        assert!(found.len() == 1 && found[0].contains("另一个姓名"), "{found:?}");
    }
}

#[tokio::test]
async fn a_town_that_nobody_knows_is_doubted_wherever_it_is_named() {
    for office in offices().await {
        office.import("regions", "区镇代码,区镇名称,类型\n320999101,城东镇,镇\n", "2024-01-10").await;
        let changes = "统一社会信用代码,变更事项,变更前,变更后,变更日期\n\
            91350100M000100Y43,区镇,城东镇,火星镇,2023-01-01\n\
            91350100M000100Y43,名称,甲公司,乙公司,2023-01-01\n\
            91350100M000100Y43,区镇,火星镇,城东镇,2023-02-01\n";
        let found = doubts(&office, "enterprise-changes", changes).await;
        assert!(found.len() == 1 && found[0].starts_with("2 变更后"), "{found:?}");
        let head = "指标,区镇,年度,数值,单位,数据版本,发布日期,来源\n";
        let of = |town: &str| format!("{head}常住人口,{town},2022,5,万人,公报,2023-03-01,公报\n");
        assert_eq!(doubts(&office, "statistics", &of("火星镇")).await.len(), 1);
        assert_eq!(doubts(&office, "statistics", &of("城东镇")).await.len(), 0);
        assert_eq!(doubts(&office, "statistics", &of("")).await.len(), 0);
        // Nothing ever reads the trajectory of a town that does not exist.
        let of = |town: &str| format!("指标,区镇,日期,目标值,填报人\nK02,{town},2023-12-31,3,张三\n");
        assert_eq!(counts(&office.import("trajectories", &of("火星镇"), "2024-01-10").await)[4], 1);
        assert_eq!(counts(&office.import("trajectories", &of("城东镇"), "2024-01-10").await)[1], 1);
    }
}

#[tokio::test]
async fn what_two_deliveries_claim_is_told() {
    for office in offices().await {
        let head = "申请号,名称,申请日,授权公告日,授权公告号,专利权人\n";
        let patent = |number: &str| format!("{head}{number},甲,2018-03-01,2020-06-02,CN108000001B,甲\n");
        assert_eq!(doubts(&office, "patents", &patent("201810000001.4")).await, Vec::<String>::new());
        let found = doubts(&office, "patents", &patent("201810000002.9")).await;
        assert!(found.len() == 1 && found[0].contains("登记簿中申请 2018100000014"), "{found:?}");
        assert_eq!(doubts(&office, "patents", &patent("201810000001.4")).await.len(), 1, "the other row says it too");

        let head = "授权号,受理局,授权日期,途径,国际申请号,中国申请号,专利权人,专利权人代码\n";
        let grant = |number: &str, office: &str, code: &str| {
            format!("{head}{number},{office},2023-01-01,直接,,,某公司,{code}\n")
        };
        let (one, other) = ("91350100M000100Y43", "91320682MA10000014");
        let claims = async |text: String| {
            let found = doubts(&office, "foreign-grants", &text).await;
            found.into_iter().filter(|doubt| doubt.contains("只计入一家")).collect::<Vec<_>>()
        };
        assert_eq!(claims(grant("EP3000001B1", "EP", one)).await, Vec::<String>::new());
        assert_eq!(claims(grant("EP3000001", "FR", one)).await, Vec::<String>::new(), "the same enterprise again");
        let found = claims(grant("EP3000001", "GB", other)).await;
        assert!(found.len() == 1 && found[0].contains(one), "{found:?}");
        assert_eq!(claims(grant("EP3000001", "GB", one)).await, Vec::<String>::new(), "the row itself corrected");
    }
}

//! The divisions of the whole country in the register of regions: the city stays the city that the office named.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use domain::runs::{self, Question};
use domain::{Installation, organisations, subjects};
use jiff::civil::date;
use registry::ImportOptions;

fn now() -> jiff::Timestamp {
    "2024-03-01T02:00:00Z".parse().unwrap()
}

/// A table of divisions of the sample data.
fn division(name: &str) -> Option<PathBuf> {
    let folder = std::env::var("ZHIQIANG_DATA")
        .map_or_else(|_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let path = folder.join("admin-divisions").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("跳过：没有真实数据文件 {}（可用 ZHIQIANG_DATA 指定数据文件夹）", path.display());
    None
}

async fn import(installation: &Installation, register: &str, path: &Path) -> u64 {
    let mut options = ImportOptions::new(now(), "test");
    options.recorded_at = now();
    registry::import::import(&installation.db, register, path, &options).await.unwrap().accepted
}

async fn written(installation: &Installation, register: &str, rows: &str) -> u64 {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    file.write_all(rows.as_bytes()).unwrap();
    import(installation, register, file.path()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_city_is_the_one_the_office_named_among_all_of_the_country() {
    let Some(areas) = division("areas.csv") else { return };
    let dir = tempfile::tempdir().unwrap();
    let (installation, _) = Installation::open(dir.path(), None, now()).await.unwrap();
    for name in ["provinces.csv", "cities.csv", "areacity_level4_jiangsu.csv"] {
        import(&installation, "regions", &division(name).unwrap()).await;
    }
    assert!(import(&installation, "regions", &areas).await > 2_000);
    let patents = "申请号,名称,申请日,授权公告日,专利权人,地址,分类号\n\
        2013106997442,一种装置,2013-12-18,2016-03-02,甲公司,江苏省南通市如皋市如城街道惠政路1号,H01M 10/05\n\
        2013106997457,一种方法,2013-12-18,2016-03-02,乙公司,江苏省海安市城东镇长江路2号,H01M 10/05\n\
        2013106997461,一种系统,2013-12-18,2016-03-02,丙公司,北京市朝阳区建国路3号,H01M 10/05\n";
    assert_eq!(written(&installation, "patents", patents).await, 3);
    let policy = runs::policy().unwrap();
    let question = Question { as_of: date(2023, 12, 31), known_at: now(), overrides: Default::default(), scope: None };
    let evaluate = async || runs::evaluate(&installation, &policy, &question, "test", now(), &|_| ()).await;
    let refusal = evaluate().await.unwrap_err().to_string();
    assert!(refusal.contains("看不出哪一个是本市"), "{refusal}");
    assert_eq!(subjects::city(&installation, now()).await.unwrap(), None);

    let own = "区镇代码,区镇名称,类型,地址关键词\n320682,如皋市,市,如皋市；如皋县\n";
    assert_eq!(written(&installation, "regions", own).await, 1);
    assert_eq!(subjects::city(&installation, now()).await.unwrap().unwrap().name, "如皋市");
    let towns = subjects::towns(&installation, now()).await.unwrap();
    assert!(towns.contains(&"如城街道".to_owned()) && !towns.contains(&"朝阳区".to_owned()), "{towns:?}");
    assert!(towns.len() < 40, "{towns:?}");
    let run = evaluate().await.unwrap();
    let stock = run.indicator("K01").unwrap();
    let parts: Vec<_> = stock.by_region.iter().map(|part| (part.region.as_str(), part.numerator)).collect();
    assert_eq!((stock.numerator, parts), (Some(1), vec![("如城街道", 1)]));
    let found = organisations::all(&installation.db, now()).await.unwrap();
    let cities: Vec<_> =
        found.iter().filter(|one| one.kind == organisations::Kind::City).map(|one| &one.name).collect();
    assert_eq!(cities, ["如皋市"]);
}

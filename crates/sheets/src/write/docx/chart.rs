//! Charts in a paper: `DrawingML` with its figures written into it, so that Word draws them and no picture goes stale.
//!
//! A chart says nothing that its table does not: the figures are the same texts.

use super::{HEAD, escaped};

/// A chart of a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// The line below it.
    pub caption: String,
    /// How it is drawn.
    pub kind: Kind,
    /// The unit of its figures, at their axis.
    pub unit: String,
    /// What each place along the other axis is called.
    pub categories: Vec<String>,
    /// The series: the name, and a figure in decimals for each category, none where it is unknown.
    pub series: Vec<(String, Vec<Option<String>>)>,
}

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A course.
    Line,
    /// Lying bars, the first above.
    Bars,
}

/// The width of the text of a page in English metric units: 156 mm.
const WIDTH: usize = 156 * 36_000;
const COLOURS: [&str; 4] = ["1F4E79", "C55A11", "548235", "7F7F7F"];

/// The paragraph that shows the chart with this number, which is also that of its part and its relation.
pub(super) fn inline(chart: &Chart, number: usize) -> String {
    let height = match chart.kind {
        Kind::Line => 72,
        Kind::Bars => (30 + 8 * chart.categories.len()).clamp(45, 180),
    } * 36_000;
    let words = escaped(&chart.caption).replace('"', "&quot;");
    format!(
        r#"<w:p><w:pPr><w:keepNext/><w:jc w:val="center"/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{WIDTH}" cy="{height}"/><wp:docPr id="{number}" name="chart{number}" descr="{words}"/><wp:cNvGraphicFramePr/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="rIdChart{number}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"#
    )
}

/// The part that holds a chart.
pub(super) fn part(chart: &Chart) -> String {
    let (open, close, axes) = match chart.kind {
        Kind::Line => (
            r#"<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>"#,
            r#"<c:marker val="1"/><c:axId val="1"/><c:axId val="2"/></c:lineChart>"#,
            axes("b", "l", "minMax", chart),
        ),
        Kind::Bars => (
            r#"<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>"#,
            r#"<c:gapWidth val="60"/><c:axId val="1"/><c:axId val="2"/></c:barChart>"#,
            axes("l", "b", "maxMin", chart),
        ),
    };
    let series: String = chart.series.iter().enumerate().map(|(at, one)| series(chart, at, one)).collect();
    let legend = match chart.series.len() {
        0 | 1 => "",
        _ => r#"<c:legend><c:legendPos val="t"/><c:overlay val="0"/></c:legend>"#,
    };
    format!(
        r#"{HEAD}<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>{open}{series}{close}{axes}</c:plotArea>{legend}<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:ln><a:noFill/></a:ln></c:spPr><c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="900"/></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr></c:chartSpace>"#
    )
}

fn series(chart: &Chart, at: usize, (name, values): &(String, Vec<Option<String>>)) -> String {
    let colour = COLOURS[at % COLOURS.len()];
    let look = match chart.kind {
        Kind::Line => format!(
            r#"<c:spPr><a:ln w="22225"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:ln></c:spPr><c:marker><c:symbol val="none"/></c:marker>"#
        ),
        Kind::Bars => {
            format!(
                r#"<c:spPr><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>"#
            )
        }
    };
    let points = |texts: &mut dyn Iterator<Item = (usize, &str)>| -> String {
        texts.map(|(at, text)| format!(r#"<c:pt idx="{at}"><c:v>{}</c:v></c:pt>"#, escaped(text))).collect()
    };
    let count = chart.categories.len();
    let names = points(&mut chart.categories.iter().map(String::as_str).enumerate());
    let mut known = values.iter().enumerate().filter_map(|(at, value)| Some((at, value.as_deref()?)));
    let figures = points(&mut known);
    let name = escaped(name);
    // The order of these elements is that of the schema.
    format!(
        r#"<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx><c:strRef><c:f>"{at}"</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{name}</c:v></c:pt></c:strCache></c:strRef></c:tx>{look}<c:cat><c:strLit><c:ptCount val="{count}"/>{names}</c:strLit></c:cat><c:val><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{count}"/>{figures}</c:numLit></c:val></c:ser>"#
    )
}

/// The axis of the categories and that of the figures, which bears the unit.
fn axes(category: &str, figures: &str, order: &str, chart: &Chart) -> String {
    let title = format!(
        r#"<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:rPr lang="zh-CN" sz="900" b="0"/><a:t>{}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>"#,
        escaped(&chart.unit)
    );
    let orientation = if order == "maxMin" { "maxMin" } else { "minMax" };
    let crosses = if order == "maxMin" { "max" } else { "autoZero" };
    let grid = r#"<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="D9D9D9"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>"#;
    format!(
        r#"<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="{orientation}"/></c:scaling><c:delete val="0"/><c:axPos val="{category}"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/><c:crossAx val="2"/><c:crosses val="autoZero"/></c:catAx><c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="{figures}"/>{grid}{title}<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1"/><c:crosses val="{crosses}"/></c:valAx>"#
    )
}
